using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Access control lists, which new buckets have disabled since April 2023. The account is the only grantee there is.</summary>
internal static class AccessControl
{
    private const string OwnerFullControl = "bucket-owner-full-control";

    private static readonly string[] OwnersOwn = ["private", OwnerFullControl, "bucket-owner-read"];

    public static string Document { get; } = $"""
        <AccessControlPolicy xmlns="{S3Call.Namespace}"><Owner>{BucketSetting.Owner}</Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">{BucketSetting.Owner}</Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>
        """;

    /// <returns>Whether the headers ask for access.</returns>
    /// <exception cref="AwsError">The bucket takes no ACLs, or the request grants access to others than the account.</exception>
    public static bool Check(S3Call call, BucketRecord bucket)
    {
        var (canned, grants) = Requested(call);
        if (IsDisabled(bucket) && (grants.Count > 0 || canned is not (null or OwnerFullControl)))
        {
            throw NotSupported();
        }

        RefuseOthers(canned, grants);
        return canned is not null;
    }

    /// <param name="isEnforced">Whether the new bucket has ACLs disabled.</param>
    public static void CheckNewBucket(S3Call call, bool isEnforced)
    {
        var (canned, grants) = Requested(call);
        if (isEnforced && (grants.Count > 0 || canned is not (null or "private")))
        {
            throw new AwsError(
                400, "InvalidBucketAclWithObjectOwnership", "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting");
        }

        RefuseOthers(canned, grants);
    }

    /// <summary>A document that gives the owner full control changes nothing.</summary>
    public static void CheckDocument(XElement policy, BucketRecord bucket)
    {
        var grants = policy.Child("AccessControlList")?.Children("Grant").ToList() ?? throw S3Errors.MalformedXml();
        var isOwners = grants is [var grant] && grant.ChildText("Permission") == "FULL_CONTROL" && grant.Child("Grantee")?.ChildText("ID") == BucketSetting.OwnerId;
        if (!isOwners)
        {
            throw IsDisabled(bucket) ? NotSupported() : S3Errors.NotImplemented("access control lists that differ from the owner's full control");
        }
    }

    private static (string? Canned, List<string> Grants) Requested(S3Call call)
    {
        var canned = call.Header("x-amz-acl");
        var grants = call.Request.Headers.Keys.Where(name => name.StartsWith("x-amz-grant-", StringComparison.OrdinalIgnoreCase)).ToList();
        return canned is null || grants.Count == 0
            ? (canned, grants)
            : throw S3Errors.InvalidRequest("Specifying both Canned ACLs and Header Grants is not allowed");
    }

    private static void RefuseOthers(string? canned, List<string> grants)
    {
        if (grants.Count > 0 || (canned is not null && !OwnersOwn.Contains(canned)))
        {
            throw S3Errors.NotImplemented($"access for others: {canned ?? grants[0]}");
        }
    }

    private static bool IsDisabled(BucketRecord bucket) =>
        bucket.Document("ownershipControls")?.Child("Rule")?.ChildText("ObjectOwnership") == BucketDefaults.BucketOwnerEnforced;

    private static AwsError NotSupported() => new(400, "AccessControlListNotSupported", "The bucket does not allow ACLs");
}
