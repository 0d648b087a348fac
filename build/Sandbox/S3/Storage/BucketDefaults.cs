using System.Xml.Linq;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>What S3 sets on a new bucket by itself.</summary>
internal static class BucketDefaults
{
    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["publicAccessBlock"] =
            """
            <PublicAccessBlockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>
            """,
        ["ownershipControls"] =
            """
            <OwnershipControls xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>
            """,
    };
}

/// <summary>The encryption that a bucket gives objects whose writer names none.</summary>
internal static class DefaultEncryption
{
    private const string BucketKeyHeader = "x-amz-server-side-encryption-bucket-key-enabled";

    public static ObjectHeaders Apply(ObjectHeaders headers, BucketRecord bucket)
    {
        if (headers.ServerSideEncryption is not null)
        {
            return headers;
        }

        var rule = bucket.Settings.GetValueOrDefault("encryption") is { } document ? XElement.Parse(document) : null;
        var algorithm = Value(rule, "SSEAlgorithm") ?? "AES256";
        var encrypted = headers with { ServerSideEncryption = algorithm, KmsKeyId = Value(rule, "KMSMasterKeyID") };
        return Value(rule, "BucketKeyEnabled") == "true"
            ? encrypted with { Others = new Dictionary<string, string>(headers.Others ?? new Dictionary<string, string>()) { [BucketKeyHeader] = "true" } }
            : encrypted;
    }

    private static string? Value(XElement? root, string name) =>
        root?.Descendants().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
}
