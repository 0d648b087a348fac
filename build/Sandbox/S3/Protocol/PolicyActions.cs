namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>The actions that S3's policies have for its operations, where they are not the operation's name.</summary>
internal static class PolicyActions
{
    private static readonly Dictionary<string, string> Renamed = new()
    {
        ["HeadBucket"] = "ListBucket",
        ["ListObjects"] = "ListBucket",
        ["ListObjectsV2"] = "ListBucket",
        ["ListObjectVersions"] = "ListBucketVersions",
        ["ListMultipartUploads"] = "ListBucketMultipartUploads",
        ["ListParts"] = "ListMultipartUploadParts",
        ["HeadObject"] = "GetObject",
        ["CopyObject"] = "PutObject",
        ["CreateMultipartUpload"] = "PutObject",
        ["UploadPart"] = "PutObject",
        ["UploadPartCopy"] = "PutObject",
        ["CompleteMultipartUpload"] = "PutObject",
        ["GetBucketEncryption"] = "GetEncryptionConfiguration",
        ["PutBucketEncryption"] = "PutEncryptionConfiguration",
        ["DeleteBucketEncryption"] = "PutEncryptionConfiguration",
        ["GetBucketLifecycleConfiguration"] = "GetLifecycleConfiguration",
        ["PutBucketLifecycleConfiguration"] = "PutLifecycleConfiguration",
        ["DeleteBucketLifecycle"] = "PutLifecycleConfiguration",
        ["GetPublicAccessBlock"] = "GetBucketPublicAccessBlock",
        ["PutPublicAccessBlock"] = "PutBucketPublicAccessBlock",
        ["DeletePublicAccessBlock"] = "PutBucketPublicAccessBlock",
        ["DeleteBucketOwnershipControls"] = "PutBucketOwnershipControls",
        ["DeleteBucketTagging"] = "PutBucketTagging",
        ["GetBucketCors"] = "GetBucketCORS",
        ["DeleteBucketCors"] = "PutBucketCORS",
        ["GetBucketReplication"] = "GetReplicationConfiguration",
        ["DeleteBucketReplication"] = "PutReplicationConfiguration",
        ["GetBucketAccelerateConfiguration"] = "GetAccelerateConfiguration",
        ["GetBucketNotificationConfiguration"] = "GetBucketNotification",
        ["PutBucketNotificationConfiguration"] = "PutBucketNotification",
        ["GetObjectLockConfiguration"] = "GetBucketObjectLockConfiguration",
        ["PutObjectLockConfiguration"] = "PutBucketObjectLockConfiguration",
    };

    private static readonly HashSet<string> WithVersion =
    [
        "GetObject", "DeleteObject", "GetObjectAttributes", "GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging", "GetObjectAcl", "PutObjectAcl",
    ];

    /// <summary>For example <c>s3:GetObjectVersionTagging</c>.</summary>
    /// <param name="namesVersion">Whether the request names a version.</param>
    public static string Of(string operation, bool namesVersion)
    {
        var action = Renamed.GetValueOrDefault(operation, operation);
        return "s3:" + (namesVersion && WithVersion.Contains(action) ? action.Replace("Object", "ObjectVersion", StringComparison.Ordinal) : action);
    }
}
