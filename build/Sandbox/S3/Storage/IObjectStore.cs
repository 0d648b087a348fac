using System.Text.Json.Serialization;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>The sandbox's buckets and objects, for the S3 protocol and for the parts that read and write objects themselves.</summary>
/// <remarks>Refusals are <see cref="Protocols.AwsError"/> with S3's own codes (NoSuchBucket, BucketAlreadyOwnedByYou, BucketNotEmpty …).</remarks>
internal interface IObjectStore
{
    IReadOnlyList<string> Buckets { get; }

    bool BucketExists(string bucket);

    void CreateBucket(string bucket, string region);

    /// <summary>Deletes an empty bucket; one that still holds versions is not empty.</summary>
    void DeleteBucket(string bucket);

    /// <summary>A setting document of a bucket as stored (versioning, encryption, policy, lifecycle, tagging, publicAccessBlock, ownershipControls), or null.</summary>
    string? GetBucketSetting(string bucket, string name);

    /// <summary>Stores a setting document; null removes it. The document is the XML or JSON of the S3 API call of that name.</summary>
    void SetBucketSetting(string bucket, string name, string? document);

    /// <summary>Newest versions of the keys under a prefix, in key order (ordinal), delete markers left out.</summary>
    IReadOnlyList<StoredObject> List(string bucket, string prefix);

    /// <summary>The newest version, or the named one; null if there is none or it is a delete marker.</summary>
    StoredObject? Find(string bucket, string key, string? versionId = null);

    /// <summary>A seekable stream over an object's bytes; the caller disposes it.</summary>
    Stream Open(StoredObject stored);

    Task<StoredObject> PutAsync(string bucket, string key, Stream content, ObjectHeaders? headers = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes the newest version, or leaves a delete marker where the bucket is versioned. An absent key is not an error.</summary>
    void Delete(string bucket, string key);
}

/// <summary>One version of one object.</summary>
/// <param name="ETag">Without quotes.</param>
internal sealed record StoredObject(
    string Bucket, string Key, string VersionId, string ETag, DateTimeOffset LastModified, ObjectHeaders Headers)
{
    /// <summary>Absolute path of the bytes.</summary>
    public required string DataFile { get; init; }
}

/// <summary>What a writer says of an object, stored and given back as it is.</summary>
internal sealed record ObjectHeaders(
    string ContentType = "binary/octet-stream",
    string? ServerSideEncryption = null,
    string? KmsKeyId = null,
    IReadOnlyDictionary<string, string>? Metadata = null,
    IReadOnlyDictionary<string, string>? Checksums = null,
    string? ContentEncoding = null,
    string? Tagging = null)
{
    /// <summary>Further response headers by their names, for example <c>Cache-Control</c>.</summary>
    public IReadOnlyDictionary<string, string>? Others { get; init; }

    /// <summary>Canonical user id of the account that owns the object; null for the bucket's owner.</summary>
    public string? Owner { get; init; }

    /// <summary>Its access control list; null for the one that gives its owner full control and nobody else anything.</summary>
    public IReadOnlyList<Grant>? Grants { get; init; }

    /// <summary>What keeps the version from being deleted.</summary>
    public ObjectLock? Lock { get; init; }

    /// <summary>True where the ETag must not tell the content's MD5.</summary>
    [JsonIgnore]
    public bool HidesContent => CustomerKeyMd5 is not null || ServerSideEncryption?.StartsWith("aws:kms", StringComparison.Ordinal) == true;

    /// <summary>MD5 of the key that the writer keeps and that every reader has to send (SSE-C).</summary>
    public string? CustomerKeyMd5 { get; init; }
}
