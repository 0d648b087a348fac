namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>One entry of an access control list.</summary>
/// <param name="Grantee">A canonical user id, or the URI of a group.</param>
/// <param name="Permission">READ, WRITE, READ_ACP, WRITE_ACP or FULL_CONTROL.</param>
internal sealed record Grant(string Grantee, string Permission)
{
    public const string FullControl = "FULL_CONTROL";
    public const string Read = "READ";
    public const string Write = "WRITE";
    public const string ReadAcp = "READ_ACP";
    public const string WriteAcp = "WRITE_ACP";

    public const string AllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
    public const string AuthenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

    /// <summary>True for what gives access to everybody: S3 counts everybody with an AWS account as that.</summary>
    public bool IsPublic => Grantee is AllUsers or AuthenticatedUsers;

    /// <param name="permission">The permission that is needed.</param>
    /// <param name="user">The caller's canonical user id.</param>
    public bool Gives(string permission, string user) =>
        (Permission == permission || Permission == FullControl)
        && (Grantee == AllUsers || Grantee == user || (Grantee == AuthenticatedUsers && user != CanonicalUser.Anonymous));
}

/// <summary>The access control lists that S3 has names for.</summary>
internal static class CannedAcl
{
    public const string Private = "private";
    public const string BucketOwnerFullControl = "bucket-owner-full-control";

    /// <returns>Null where the sandbox does not emulate the list of that name.</returns>
    public static IReadOnlyList<Grant>? Named(string name, string owner, string bucketOwner) =>
        Others(name, bucketOwner) is { } others ? [.. others.Where(grant => grant.Grantee != owner).Append(new Grant(owner, Grant.FullControl))] : null;

    private static Grant[]? Others(string name, string bucketOwner) => name switch
    {
        Private => [],
        "public-read" => [new(Grant.AllUsers, Grant.Read)],
        "public-read-write" => [new(Grant.AllUsers, Grant.Read), new(Grant.AllUsers, Grant.Write)],
        "authenticated-read" => [new(Grant.AuthenticatedUsers, Grant.Read)],
        "bucket-owner-read" => [new(bucketOwner, Grant.Read)],
        BucketOwnerFullControl => [new(bucketOwner, Grant.FullControl)],
        _ => null,
    };
}
