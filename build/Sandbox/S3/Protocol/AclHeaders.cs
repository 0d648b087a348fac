using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>The access that a request asks for in its headers: by the name of a canned ACL, or by grants.</summary>
internal sealed record AclHeaders(string? Canned, IReadOnlyList<Grant> Grants)
{
    private static readonly Dictionary<string, string> Permissions = new()
    {
        ["x-amz-grant-read"] = Grant.Read,
        ["x-amz-grant-write"] = Grant.Write,
        ["x-amz-grant-read-acp"] = Grant.ReadAcp,
        ["x-amz-grant-write-acp"] = Grant.WriteAcp,
        ["x-amz-grant-full-control"] = Grant.FullControl,
    };

    /// <summary>True where a request asks for access at all.</summary>
    public static bool AreIn(S3Call call) => call.Header("x-amz-acl") is not null || Permissions.Keys.Any(name => call.Header(name) is not null);

    /// <summary>True where a request asks for what a bucket without ACLs gives anyway.</summary>
    public static bool AreBucketOwners(S3Call call) =>
        call.Header("x-amz-acl") == CannedAcl.BucketOwnerFullControl && !Permissions.Keys.Any(name => call.Header(name) is not null);

    /// <returns>Null if the request asks for none.</returns>
    /// <exception cref="AwsError">The headers contradict each other, or name no known grantee.</exception>
    public static AclHeaders? Parse(S3Call call)
    {
        var canned = call.Header("x-amz-acl");
        var grants = Permissions.SelectMany(header => Grantees(call.Header(header.Key)).Select(grantee => new Grant(grantee, header.Value))).ToList();
        return (canned, grants.Count) switch
        {
            (null, 0) => null,
            (not null, > 0) => throw S3Errors.InvalidRequest("Specifying both Canned ACLs and Header Grants is not allowed"),
            _ => new AclHeaders(canned, grants),
        };
    }

    /// <param name="owner">Canonical user id of the owner of the object, or of the bucket.</param>
    /// <param name="bucketOwner">Canonical user id of the bucket's owner.</param>
    public IReadOnlyList<Grant> For(string owner, string bucketOwner) => Canned is null
        ? Grants
        : CannedAcl.Named(Canned, owner, bucketOwner) ?? throw S3Errors.NotImplemented($"the canned ACL '{Canned}'");

    private static IEnumerable<string> Grantees(string? header) => (header ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(grantee => grantee.Split('=', 2, StringSplitOptions.TrimEntries) is [var kind, var value]
            ? Grantee.Read(kind, value.Trim('"'))
            : throw S3Errors.InvalidArgument("Argument format not recognized"));
}

/// <summary>Whom a grant gives access to.</summary>
internal static class Grantee
{
    /// <returns>The canonical user id, or the URI of the group.</returns>
    /// <param name="kind">As the header has it: <c>id</c>, <c>uri</c> or <c>emailAddress</c>.</param>
    /// <param name="value">Which one.</param>
    /// <exception cref="AwsError">S3 has no such grantee, or the sandbox does not emulate it.</exception>
    public static string Read(string kind, string value) => (kind, value) switch
    {
        ("id", _) => value == CanonicalUser.Anonymous || CanonicalUser.AccountOf(value) is not null ? value : throw S3Errors.InvalidArgument("Invalid id"),
        ("uri", Grant.AllUsers or Grant.AuthenticatedUsers) => value,
        ("uri", "http://acs.amazonaws.com/groups/s3/LogDelivery") => throw S3Errors.NotImplemented("the grantee LogDelivery: no access log is written"),
        ("uri", _) => throw S3Errors.InvalidArgument("Invalid group uri"),

        // S3 takes no grants by email address since October 2025.
        ("emailAddress", _) => throw new AwsError(405, "MethodNotAllowed", "The specified method is not allowed against this resource."),
        _ => throw S3Errors.InvalidArgument("Argument format not recognized"),
    };
}
