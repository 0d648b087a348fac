using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>A setting of a bucket that is one document, kept as it comes.</summary>
/// <param name="Query">The query name, which is also the name in the store.</param>
/// <param name="Operation">Operation name without Get, Put or Delete.</param>
/// <param name="Root">Root element; null for JSON.</param>
/// <param name="AbsentCode">Error code where the setting is not there; null if S3 then answers <paramref name="AbsentContent"/>.</param>
/// <param name="AbsentContent">What the root element then holds, as XML.</param>
internal sealed record BucketSetting(string Query, string Operation, string? Root, string? AbsentCode, string AbsentContent = "")
{
    private const string Owner = "<ID>sandbox</ID><DisplayName>sandbox</DisplayName>";

    private const string OwnerAccess =
        $"""
        <Owner>{Owner}</Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">{Owner}</Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList>
        """;

    private const string DefaultEncryption =
        "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule>";

    public static IReadOnlyList<BucketSetting> All { get; } =
    [
        new("versioning", "BucketVersioning", "VersioningConfiguration", null),
        new("encryption", "BucketEncryption", "ServerSideEncryptionConfiguration", null, DefaultEncryption),
        new("policy", "BucketPolicy", null, "NoSuchBucketPolicy"),
        new("lifecycle", "BucketLifecycleConfiguration", "LifecycleConfiguration", "NoSuchLifecycleConfiguration"),
        new("publicAccessBlock", "PublicAccessBlock", "PublicAccessBlockConfiguration", "NoSuchPublicAccessBlockConfiguration"),
        new("ownershipControls", "BucketOwnershipControls", "OwnershipControls", "OwnershipControlsNotFoundError"),
        new("tagging", "BucketTagging", "Tagging", "NoSuchTagSet"),
        new("logging", "BucketLogging", "BucketLoggingStatus", null),
        new("acl", "BucketAcl", "AccessControlPolicy", null, OwnerAccess),
        new("cors", "BucketCors", "CORSConfiguration", "NoSuchCORSConfiguration"),
        new("website", "BucketWebsite", "WebsiteConfiguration", "NoSuchWebsiteConfiguration"),
        new("replication", "BucketReplication", "ReplicationConfiguration", "ReplicationConfigurationNotFoundError"),
        new("object-lock", "ObjectLockConfiguration", "ObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"),
        new("notification", "BucketNotificationConfiguration", "NotificationConfiguration", null),
        new("accelerate", "BucketAccelerateConfiguration", "AccelerateConfiguration", null),
        new("requestPayment", "BucketRequestPayment", "RequestPaymentConfiguration", null, "<Payer>BucketOwner</Payer>"),
    ];

    public static BucketSetting? Find(S3Call call) => All.FirstOrDefault(setting => call.Has(setting.Query));

    /// <summary>The answer where nothing is stored.</summary>
    public string Absent() => AbsentCode is null
        ? $"<{Root} xmlns=\"{S3Call.Namespace}\">{AbsentContent}</{Root}>"
        : throw new AwsError(404, AbsentCode, $"The bucket has no {Query} configuration.");
}
