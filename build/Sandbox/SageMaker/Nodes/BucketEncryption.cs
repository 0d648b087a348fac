using System.Xml;
using System.Xml.Linq;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>The encryption that an upload of the service carries: the job's key, or else the bucket's default.</summary>
internal static class BucketEncryption
{
    private const string Kms = "aws:kms";

    public static ObjectHeaders HeadersFor(IObjectStore objects, string bucket, string? kmsKeyId = null)
    {
        if (!string.IsNullOrEmpty(kmsKeyId))
        {
            return new ObjectHeaders(ServerSideEncryption: Kms, KmsKeyId: kmsKeyId);
        }

        try
        {
            var rule = objects.GetBucketSetting(bucket, "encryption") is { } document ? XDocument.Parse(document) : null;
            return new ObjectHeaders(ServerSideEncryption: Value(rule, "SSEAlgorithm"), KmsKeyId: Value(rule, "KMSMasterKeyID"));
        }
        catch (XmlException)
        {
            return new ObjectHeaders();
        }
    }

    private static string? Value(XDocument? document, string name) =>
        document?.Descendants().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
}
