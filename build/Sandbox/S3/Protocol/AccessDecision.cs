using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>An owner and an access control list, of a bucket or of an object that is there.</summary>
/// <param name="Owner">Canonical user id.</param>
internal sealed record Owned(string Owner, IReadOnlyList<Grant> Grants)
{
    public bool Gives(string permission, string user) => Grants.Any(grant => grant.Gives(permission, user));
}

/// <summary>Whether S3 lets a user do something that no policy denies. Every user has all that his own account has.</summary>
/// <param name="Operation">AWS's name.</param>
/// <param name="IsOnObject">Whether the operation is on an object, or on a bucket.</param>
/// <param name="User">Canonical user id of the caller.</param>
/// <param name="Object">The object that the request is for; null if there is none.</param>
/// <param name="IsAllowed">Whether the bucket's policy allows the operation.</param>
/// <param name="IsListingAllowed">Whether the bucket's policy allows to list the bucket.</param>
internal sealed record AccessDecision(
    string Operation, bool IsOnObject, string User, Owned Bucket, Owned? Object, bool IsAllowed, bool IsListingAllowed)
{
    /// <summary>The permissions of a bucket's ACL, by operation.</summary>
    private static readonly Dictionary<string, string> OfBucket = new()
    {
        ["HeadBucket"] = Grant.Read,
        ["ListObjects"] = Grant.Read,
        ["ListObjectsV2"] = Grant.Read,
        ["ListObjectVersions"] = Grant.Read,
        ["ListMultipartUploads"] = Grant.Read,
        ["PutObject"] = Grant.Write,
        ["CopyObject"] = Grant.Write,
        ["CreateMultipartUpload"] = Grant.Write,
        ["UploadPart"] = Grant.Write,
        ["UploadPartCopy"] = Grant.Write,
        ["CompleteMultipartUpload"] = Grant.Write,
        ["AbortMultipartUpload"] = Grant.Write,
        ["ListParts"] = Grant.Write,
        ["DeleteObject"] = Grant.Write,
        ["GetBucketAcl"] = Grant.ReadAcp,
        ["PutBucketAcl"] = Grant.WriteAcp,
    };

    /// <summary>The permissions of an object's ACL, by operation.</summary>
    private static readonly Dictionary<string, string> OfObject = new()
    {
        ["GetObject"] = Grant.Read,
        ["HeadObject"] = Grant.Read,
        ["GetObjectAcl"] = Grant.ReadAcp,
        ["PutObjectAcl"] = Grant.WriteAcp,
    };

    /// <summary>True for what a bucket's permissions decide on, whether or not the object is there.</summary>
    public static bool IsOnBucket(string operation) => OfBucket.ContainsKey(operation) || operation is "BypassGovernanceRetention";

    public bool Allows => !IsOnObject || OfBucket.ContainsKey(Operation) ? AllowsOnBucket : Object is null ? AllowsToMiss : AllowsOnObject(Object);

    private bool OwnsBucket => User == Bucket.Owner;

    /// <summary>A permission to write is one to create objects: of those that are there, only the owner's own can be replaced and deleted.</summary>
    private bool AllowsOnBucket => OwnsBucket || IsAllowed
        || (OfBucket.TryGetValue(Operation, out var permission) && Bucket.Gives(permission, User)
            && (permission != Grant.Write || Object is null || Object.Owner == User));

    /// <summary>Who may not list a bucket is not told what is absent.</summary>
    private bool AllowsToMiss => OwnsBucket || IsListingAllowed || Bucket.Gives(Grant.Read, User);

    /// <summary>A bucket's owner and its policy give no access to what others own in it.</summary>
    private bool AllowsOnObject(Owned target) =>
        target.Owner == User
        || (OfObject.TryGetValue(Operation, out var permission) ? target.Gives(permission, User) : OwnsBucket)
        || (target.Owner == Bucket.Owner && (OwnsBucket || IsAllowed));
}
