namespace BuildPipeline.Sandbox.S3.Policies;

/// <summary>The condition keys that are evaluated.</summary>
internal static class PolicyKeys
{
    public const string ExistingTag = "s3:ExistingObjectTag/";
    public const string RequestTag = "s3:RequestObjectTag/";
    public const string RequestTagKeys = "s3:RequestObjectTagKeys";
    public const string Header = "s3:x-amz-";

    /// <summary>Keys that are query parameters.</summary>
    public static IReadOnlyDictionary<string, string> Queries { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["s3:prefix"] = "prefix", ["s3:delimiter"] = "delimiter", ["s3:max-keys"] = "max-keys", ["s3:VersionId"] = "versionId",
    };

    /// <summary>Keys whose values do not depend on the request. The sandbox is on loopback: its requests count as sent over TLS.</summary>
    public static IReadOnlyDictionary<string, string> Fixed { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["aws:SecureTransport"] = "true",
        ["s3:TlsVersion"] = "1.3",
        ["aws:SourceIp"] = "127.0.0.1",
        ["aws:PrincipalType"] = "User",
        ["aws:PrincipalIsAWSService"] = "false",
        ["aws:ViaAWSService"] = "false",
        ["aws:username"] = "sandbox",
        ["aws:userid"] = "sandbox",
        ["s3:signatureversion"] = "AWS4-HMAC-SHA256",
    };

    /// <summary>Keys whose value is the account, or the caller in it.</summary>
    public static IReadOnlyList<string> OfAccount { get; } = ["aws:PrincipalAccount", "aws:ResourceAccount", "s3:ResourceAccount"];

    public const string PrincipalArn = "aws:PrincipalArn";

    public static bool IsKnown(string key) =>
        Queries.ContainsKey(key) || Fixed.ContainsKey(key) || key.Equals(PrincipalArn, StringComparison.OrdinalIgnoreCase)
        || OfAccount.Contains(key, StringComparer.OrdinalIgnoreCase) || key.Equals(RequestTagKeys, StringComparison.OrdinalIgnoreCase)
        || new[] { ExistingTag, RequestTag, Header }.Any(prefix => key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
