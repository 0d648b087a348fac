using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Sets and shows access control lists, within what a bucket's Object Ownership and Block Public Access leave of them.</summary>
internal sealed class AccessControl(Accounts accounts)
{
    private const string Instance = "http://www.w3.org/2001/XMLSchema-instance";
    private const int MostGrants = 100;

    /// <summary>The owner and the access control list of a new object.</summary>
    /// <exception cref="AwsError">The bucket takes no ACLs, or no public ones.</exception>
    public ObjectHeaders Apply(S3Call call, ObjectHeaders headers, BucketRecord bucket)
    {
        if (bucket.DisablesAcls())
        {
            return !AclHeaders.AreIn(call) || AclHeaders.AreBucketOwners(call) ? headers : throw NotSupported();
        }

        var asked = AclHeaders.Parse(call);
        var bucketOwner = accounts.OwnerOf(bucket);
        var isGivenAway = asked?.Canned == CannedAcl.BucketOwnerFullControl && bucket.Ownership() == ObjectOwnership.BucketOwnerPreferred;
        var owner = isGivenAway ? bucketOwner : call.Requester.User;
        return headers with { Owner = owner == bucketOwner ? null : owner, Grants = Checked(asked?.For(owner, bucketOwner), owner, bucket) };
    }

    /// <summary>The access control list of a new bucket, as <see cref="BucketRecord.Grants"/> has it.</summary>
    /// <exception cref="AwsError">The bucket will take no ACLs, or no public ones.</exception>
    public static IReadOnlyList<Grant>? OfNewBucket(S3Call call, BucketRecord bucket)
    {
        var asked = AclHeaders.Parse(call);
        if (bucket.DisablesAcls() && asked is not null and not { Canned: CannedAcl.Private })
        {
            throw new AwsError(
                400, "InvalidBucketAclWithObjectOwnership", "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting");
        }

        var grants = asked?.For(call.Requester.User, call.Requester.User);
        return grants?.Any(grant => grant.IsPublic) == true && PublicAccessBlock.From(bucket).BlockPublicAcls
            ? throw new AwsError(400, "InvalidBucketAclWithBlockPublicAccessError", "Bucket cannot have public ACLs set with BlockPublicAccess enabled")
            : Stored(grants, call.Requester.User);
    }

    /// <summary>What a request asks for in its headers, or in the document in its body.</summary>
    /// <param name="owner">Canonical user id of the owner of the object, or of the bucket.</param>
    /// <returns>As <see cref="BucketRecord.Grants"/> has it.</returns>
    public async Task<IReadOnlyList<Grant>?> ReadAsync(S3Call call, BucketRecord bucket, string owner, string stagingFolder)
    {
        var isDisabled = bucket.DisablesAcls();
        if (AclHeaders.AreIn(call))
        {
            return !isDisabled ? Checked(AclHeaders.Parse(call)!.For(owner, accounts.OwnerOf(bucket)), owner, bucket)
                : AclHeaders.AreBucketOwners(call) ? null
                : throw NotSupported();
        }

        var document = await RequestBody.ReadDocumentAsync(call, stagingFolder);
        if (isDisabled)
        {
            return IsOwnersOnly(document, owner) ? null : throw NotSupported();
        }

        if (document.Child("Owner")?.ChildText("ID") is not { } named || document.Child("AccessControlList") is not { } list)
        {
            throw Malformed();
        }

        var grants = list.Children("Grant").Select(Read).ToList();
        return named != owner ? throw S3Errors.AccessDenied() : grants.Count > MostGrants ? throw Malformed() : Checked(grants, owner, bucket);
    }

    public XElement Document(string owner, IReadOnlyList<Grant> grants) => new(
        S3Call.Namespace + "AccessControlPolicy",
        accounts.Element("Owner", owner),
        new XElement("AccessControlList", grants.Select(grant => new XElement(
            "Grant",
            Element(grant.Grantee),
            new XElement("Permission", grant.Permission)))));

    private XElement Element(string grantee)
    {
        var isGroup = grantee.Contains(':', StringComparison.Ordinal);
        XElement element = isGroup ? new("Grantee", new XElement("URI", grantee)) : accounts.Element("Grantee", grantee);
        element.Add(new XAttribute(XNamespace.Xmlns + "xsi", Instance), new XAttribute(XName.Get("type", Instance), isGroup ? "Group" : "CanonicalUser"));
        return element;
    }

    private static Grant Read(XElement grant)
    {
        var (grantee, permission) = (grant.Child("Grantee"), grant.ChildText("Permission"));
        var (kind, member) = grantee?.Attribute(XName.Get("type", Instance))?.Value switch
        {
            "CanonicalUser" => ("id", "ID"),
            "Group" => ("uri", "URI"),
            "AmazonCustomerByEmail" => ("emailAddress", "EmailAddress"),
            _ => throw Malformed(),
        };
        return new Grant(Grantee.Read(kind, grantee.ChildText(member) ?? throw Malformed()), permission ?? throw Malformed());
    }

    private static IReadOnlyList<Grant>? Checked(IReadOnlyList<Grant>? grants, string owner, BucketRecord bucket) =>
        grants?.Any(grant => grant.IsPublic) == true && PublicAccessBlock.From(bucket).BlockPublicAcls
            ? throw S3Errors.AccessDenied()
            : Stored(grants, owner);

    private static IReadOnlyList<Grant>? Stored(IReadOnlyList<Grant>? grants, string owner) =>
        grants is [{ Permission: Grant.FullControl } only] && only.Grantee == owner ? null : grants;

    private static bool IsOwnersOnly(XElement document, string owner) =>
        document.Child("AccessControlList")?.Children("Grant").ToList() is [var grant]
        && grant.ChildText("Permission") == Grant.FullControl && grant.Child("Grantee")?.ChildText("ID") == owner;

    private static AwsError NotSupported() => new(400, "AccessControlListNotSupported", "The bucket does not allow ACLs");

    private static AwsError Malformed() =>
        new(400, "MalformedACLError", "The XML you provided was not well-formed or did not validate against our published schema");
}
