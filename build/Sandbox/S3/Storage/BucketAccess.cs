namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>Block Public Access of a bucket.</summary>
internal sealed record PublicAccessBlock(bool BlockPublicAcls, bool IgnorePublicAcls, bool BlockPublicPolicy, bool RestrictPublicBuckets)
{
    public static PublicAccessBlock From(BucketRecord bucket)
    {
        var document = bucket.Document("publicAccessBlock");
        return new(Is("BlockPublicAcls"), Is("IgnorePublicAcls"), Is("BlockPublicPolicy"), Is("RestrictPublicBuckets"));

        bool Is(string name) => "true".Equals(document?.ChildText(name), StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>Object Ownership of a bucket: whether it has ACLs, and who owns what others write.</summary>
internal static class ObjectOwnership
{
    public const string BucketOwnerEnforced = "BucketOwnerEnforced";
    public const string BucketOwnerPreferred = "BucketOwnerPreferred";

    /// <summary>True where the bucket has ACLs disabled. A bucket without the setting has them, as ObjectWriter has.</summary>
    public static bool DisablesAcls(this BucketRecord bucket) => bucket.Ownership() == BucketOwnerEnforced;

    public static string? Ownership(this BucketRecord bucket) => bucket.Document("ownershipControls")?.Child("Rule")?.ChildText("ObjectOwnership");
}
