using System.Xml.Linq;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Who owns buckets and objects.</summary>
internal sealed class Accounts(SandboxSettings settings)
{
    private readonly string _own = CanonicalUser.IdOf(settings.AccountId);

    /// <summary>Canonical user id of a bucket's owner.</summary>
    public string OwnerOf(BucketRecord bucket) => bucket.Owner ?? _own;

    /// <summary>Id of the account that owns a bucket.</summary>
    public string AccountOf(BucketRecord bucket) => CanonicalUser.AccountOf(OwnerOf(bucket))!;

    /// <summary>Canonical user id of the owner of an object, or of an upload.</summary>
    public string OwnerOf(ObjectHeaders headers, BucketRecord bucket) =>
        bucket.DisablesAcls() ? OwnerOf(bucket) : headers.Owner ?? OwnerOf(bucket);

    /// <summary>As <see cref="BucketRecord.Owner"/> has it.</summary>
    public string? Stored(string user) => user == _own ? null : user;

    /// <summary>The access control list that a bucket has.</summary>
    public IReadOnlyList<Grant> GrantsOf(BucketRecord bucket) =>
        bucket.Grants is { } grants && !bucket.DisablesAcls() ? grants : [new Grant(OwnerOf(bucket), Grant.FullControl)];

    /// <summary>The access control list that an object has.</summary>
    public IReadOnlyList<Grant> GrantsOf(ObjectHeaders headers, BucketRecord bucket) =>
        headers.Grants is { } grants && !bucket.DisablesAcls() ? grants : [new Grant(OwnerOf(headers, bucket), Grant.FullControl)];

    /// <param name="name">The element's name, for example Owner.</param>
    /// <param name="user">Canonical user id.</param>
    public XElement Element(string name, string user) => new(
        name,
        new XElement("ID", user),
        settings.OldBucketDefaults && CanonicalUser.AccountOf(user) is { } account ? new XElement("DisplayName", account) : null);
}
