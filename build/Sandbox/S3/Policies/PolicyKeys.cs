namespace BuildPipeline.Sandbox.S3.Policies;

/// <summary>The condition keys that are evaluated.</summary>
internal static class PolicyKeys
{
    public const string ExistingTag = "s3:ExistingObjectTag/";
    public const string RequestTag = "s3:RequestObjectTag/";
    public const string RequestTagKeys = "s3:RequestObjectTagKeys";
    public const string Header = "s3:x-amz-";
    public const string Prefix = "s3:prefix";
    public const string PrincipalTag = "aws:PrincipalTag/";

    /// <summary>Keys that are query parameters.</summary>
    public static IReadOnlyDictionary<string, string> Queries { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [Prefix] = "prefix", ["s3:delimiter"] = "delimiter", ["s3:max-keys"] = "max-keys", ["s3:VersionId"] = "versionId",
    };

    /// <summary>Keys that are headers of HTTP.</summary>
    public static IReadOnlyDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["aws:Referer"] = "Referer", ["aws:UserAgent"] = "User-Agent",
    };

    /// <summary>Keys whose values do not depend on the request. The sandbox is on loopback: its requests count as sent over TLS.</summary>
    public static IReadOnlyDictionary<string, string> Fixed { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["aws:SecureTransport"] = "true",
        ["s3:TlsVersion"] = "1.3",
        ["aws:SourceIp"] = "127.0.0.1",
        ["aws:ViaAWSService"] = "false",
    };

    /// <summary>Keys that the record of a decision has: those that tell more than one request from another.</summary>
    public static IReadOnlyList<string> Recorded { get; } =
    [
        Prefix, "s3:delimiter", "s3:TlsVersion", "s3:ResourceAccount", "s3:signatureversion", "s3:x-amz-acl", "s3:x-amz-copy-source", "s3:x-amz-storage-class",
        "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id",
    ];

    /// <summary>Keys whose value is the account of the bucket.</summary>
    public static IReadOnlyList<string> OfResource { get; } = ["aws:ResourceAccount", "s3:ResourceAccount"];

    /// <summary>Keys whose value is the caller, or its account.</summary>
    public static IReadOnlyList<string> OfCaller { get; } =
    [
        "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:PrincipalIsAWSService", "aws:username", "aws:userid", "aws:TokenIssueTime",
        "s3:signatureversion",
    ];

    /// <summary>Keys that keep a policy from being public where a condition fixes their value.</summary>
    /// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html (The meaning of "public").</remarks>
    public static IReadOnlyList<string> OfFewCallers { get; } =
    [
        "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:SourceAccount", "aws:SourceArn", "aws:SourceIp", "aws:SourceOwner",
        "aws:SourceOrgID", "aws:SourceVpc", "aws:SourceVpce", "aws:userid", "s3:DataAccessPointAccount", "s3:DataAccessPointArn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    ];

    public static bool IsKnown(string key) =>
        Queries.ContainsKey(key) || Headers.ContainsKey(key) || Fixed.ContainsKey(key)
        || OfCaller.Concat(OfResource).Contains(key, StringComparer.OrdinalIgnoreCase) || key.Equals(RequestTagKeys, StringComparison.OrdinalIgnoreCase)
        || new[] { ExistingTag, RequestTag, Header, PrincipalTag }.Any(prefix => key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
