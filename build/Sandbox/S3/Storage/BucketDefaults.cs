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
        ["ownershipControls"] = Ownership(ObjectOwnership.BucketOwnerEnforced),
    };

    /// <summary>What S3 set on a new bucket before April 2023: ACLs, and no Block Public Access. Keys of customers were not blocked then.</summary>
    public static IReadOnlyDictionary<string, string> OldSettings { get; } = new Dictionary<string, string>
    {
        ["encryption"] =
            """
            <ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled><BlockedEncryptionTypes><EncryptionType>NONE</EncryptionType></BlockedEncryptionTypes></Rule></ServerSideEncryptionConfiguration>
            """,
    };

    public static string Ownership(string value) =>
        $"""
        <OwnershipControls xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ObjectOwnership>{value}</ObjectOwnership></Rule></OwnershipControls>
        """;
}

/// <summary>How a bucket encrypts objects whose writer names nothing, and what it takes from those who do.</summary>
internal static class DefaultEncryption
{
    public const string BucketKeyHeader = "x-amz-server-side-encryption-bucket-key-enabled";

    public static ObjectHeaders Apply(ObjectHeaders headers, BucketRecord bucket)
    {
        if (headers.ServerSideEncryption is not null || headers.CustomerKeyMd5 is not null)
        {
            return headers;
        }

        var rule = bucket.Document("encryption")?.Child("Rule");
        var byDefault = rule?.Child("ApplyServerSideEncryptionByDefault");
        var encrypted = headers with
        {
            ServerSideEncryption = byDefault?.ChildText("SSEAlgorithm") ?? "AES256", KmsKeyId = byDefault?.ChildText("KMSMasterKeyID"),
        };
        return encrypted.HidesContent && rule?.ChildText("BucketKeyEnabled") == "true"
            ? encrypted with { Others = new Dictionary<string, string>(headers.Others ?? new Dictionary<string, string>()) { [BucketKeyHeader] = "true" } }
            : encrypted;
    }

    /// <summary>True where the bucket refuses keys of customers (SSE-C), as new buckets do since April 2026.</summary>
    public static bool BlocksCustomerKeys(BucketRecord bucket) =>
        bucket.Document("encryption")?.Child("Rule")?.Child("BlockedEncryptionTypes")?.Children("EncryptionType").All(type => type.Value != "NONE") ?? true;
}
