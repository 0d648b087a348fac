using BuildPipeline.Sandbox.Authorization;
using static BuildPipeline.Sandbox.Terraform.Permissions.ResourceCalls;

namespace BuildPipeline.Sandbox.Terraform.Permissions;

/// <summary>Buckets and their settings. Tags go through S3 Control since version 6.23 of the provider, whose actions are not S3's own.</summary>
internal static class BucketCalls
{
    public static IReadOnlyDictionary<string, ResourceCalls> All { get; } = new Dictionary<string, ResourceCalls>(StringComparer.Ordinal)
    {
        ["aws_s3_bucket"] = new(
            request => request.Created(new Permission("s3:CreateBucket", Bucket(request)), "s3:TagResource"),
            On(
                Bucket, "s3:GetAccelerateConfiguration", "s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketLogging", "s3:GetBucketObjectLockConfiguration",
                "s3:GetBucketPolicy", "s3:GetBucketRequestPayment", "s3:GetBucketVersioning", "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration",
                "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:ListBucket", "s3:ListTagsForResource"),
            request => request.Tagged(Bucket(request), "s3:TagResource", "s3:UntagResource"),
            On(Bucket, "s3:DeleteBucket")),
        ["aws_s3_bucket_lifecycle_configuration"] = Setting("s3:GetLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
        ["aws_s3_bucket_ownership_controls"] = Setting("s3:GetBucketOwnershipControls", "s3:PutBucketOwnershipControls"),
        ["aws_s3_bucket_policy"] = Setting("s3:GetBucketPolicy", "s3:PutBucketPolicy") with { Delete = On(Bucket, "s3:DeleteBucketPolicy") },
        ["aws_s3_bucket_public_access_block"] = Setting("s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
        ["aws_s3_bucket_server_side_encryption_configuration"] = Setting("s3:GetEncryptionConfiguration", "s3:PutEncryptionConfiguration"),
        ["aws_s3_bucket_versioning"] = Setting("s3:GetBucketVersioning", "s3:PutBucketVersioning"),
    };

    // Whoever may put most settings may take them away.
    private static ResourceCalls Setting(string get, string put) => new(On(Bucket, put), On(Bucket, get), On(Bucket, put), On(Bucket, put));

    private static string Bucket(ResourceRequest request) => $"arn:{Kernel.Partition.From(request.Region).Name}:s3:::{request.Text("bucket")}";
}
