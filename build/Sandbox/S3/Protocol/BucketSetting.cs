using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>A setting of a bucket that is one document.</summary>
/// <param name="Query">The query name, which is also the name in the store.</param>
/// <param name="Operation">Operation name without Get or Put.</param>
/// <param name="Root">Root element; null for JSON.</param>
/// <param name="AbsentCode">Error code where the setting is not there; null if S3 then answers <paramref name="AbsentContent"/>.</param>
/// <param name="AbsentContent">What the root element then holds, as XML.</param>
internal sealed record BucketSetting(string Query, string Operation, string? Root, string? AbsentCode, string AbsentContent = "")
{
    private const string DefaultEncryption =
        "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>"
        + "<BucketKeyEnabled>false</BucketKeyEnabled><BlockedEncryptionTypes><EncryptionType>SSE-C</EncryptionType></BlockedEncryptionTypes></Rule>";

    /// <summary>Operation that deletes it, where it is not Delete and <see cref="Operation"/>.</summary>
    public string? Deletion { get; init; }

    /// <summary>The settings that a bucket can have. Those that the sandbox would only store have no Put: support.json.</summary>
    public static IReadOnlyList<BucketSetting> All { get; } =
    [
        new("versioning", "BucketVersioning", "VersioningConfiguration", null),
        new("encryption", "BucketEncryption", "ServerSideEncryptionConfiguration", null, DefaultEncryption),
        new("policy", "BucketPolicy", null, "NoSuchBucketPolicy"),
        new("lifecycle", "BucketLifecycleConfiguration", "LifecycleConfiguration", "NoSuchLifecycleConfiguration") { Deletion = "DeleteBucketLifecycle" },
        new("publicAccessBlock", "PublicAccessBlock", "PublicAccessBlockConfiguration", "NoSuchPublicAccessBlockConfiguration"),
        new("ownershipControls", "BucketOwnershipControls", "OwnershipControls", "OwnershipControlsNotFoundError"),
        new("tagging", "BucketTagging", "Tagging", "NoSuchTagSet"),
        new("logging", "BucketLogging", "BucketLoggingStatus", null),
        new("cors", "BucketCors", "CORSConfiguration", "NoSuchCORSConfiguration"),
        new("website", "BucketWebsite", "WebsiteConfiguration", "NoSuchWebsiteConfiguration"),
        new("replication", "BucketReplication", "ReplicationConfiguration", "ReplicationConfigurationNotFoundError"),
        new("object-lock", "ObjectLockConfiguration", "ObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"),
        new("notification", "BucketNotificationConfiguration", "NotificationConfiguration", null),
        new("accelerate", "BucketAccelerateConfiguration", "AccelerateConfiguration", null),
        new("requestPayment", "BucketRequestPayment", "RequestPaymentConfiguration", null, "<Payer>BucketOwner</Payer>"),
    ];

    /// <summary>The answer where nothing is stored.</summary>
    public string Absent() => AbsentCode is null
        ? $"<{Root} xmlns=\"{S3Call.Namespace}\">{AbsentContent}</{Root}>"
        : throw new AwsError(404, AbsentCode, $"The bucket has no {Query} configuration.");
}
