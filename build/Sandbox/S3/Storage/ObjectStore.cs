using System.Security.Cryptography;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>Buckets and objects in the state folder.</summary>
/// <remarks>Bytes are received outside the lock; what is committed under it is a few renames, so conditions are atomic.</remarks>
internal sealed class ObjectStore : IObjectStore
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly string _root;
    private readonly SortedDictionary<string, BucketState> _buckets = new(StringComparer.Ordinal);

    public ObjectStore(SandboxSettings settings, TimeProvider time)
    {
        _time = time;
        _root = settings.FolderOf(Path.Combine("s3", "buckets"));
        StagingFolder = settings.FolderOf(Path.Combine("s3", "staging"));
        Directory.Delete(StagingFolder, recursive: true);
        Directory.CreateDirectory(StagingFolder);
        foreach (var folder in Directory.EnumerateDirectories(_root))
        {
            if (BucketState.Load(folder) is { } bucket)
            {
                _buckets[bucket.Name] = bucket;
            }
        }
    }

    /// <summary>Where bytes are received; on the file system of the buckets.</summary>
    public string StagingFolder { get; }

    public IReadOnlyList<string> Buckets => Locked(() => _buckets.Keys.ToList());

    public bool BucketExists(string bucket) => Locked(() => _buckets.ContainsKey(bucket));

    public BucketRecord Describe(string bucket) => Locked(() => Require(bucket).Record);

    public void CreateBucket(string bucket, string region) => CreateBucket(bucket, new BucketRecord(region, _time.GetUtcNow(), BucketDefaults.Settings));

    public void CreateBucket(string bucket, BucketRecord record) => Locked(() =>
    {
        BucketName.Validate(bucket);
        if (_buckets.TryGetValue(bucket, out var other))
        {
            throw other.Record.Owner == record.Owner
                ? new AwsError(409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.")
                : new AwsError(409, "BucketAlreadyExists", "The requested bucket name is not available. The bucket namespace is shared by all users of the system.");
        }

        return _buckets[bucket] = BucketState.Create(Path.Combine(_root, bucket), record);
    });

    public void DeleteBucket(string bucket) => Locked(() =>
    {
        if (!Require(bucket).IsEmpty)
        {
            throw new AwsError(409, "BucketNotEmpty", "The bucket you tried to delete is not empty. You must delete all versions in the bucket.");
        }

        var grave = Path.Combine(StagingFolder, Guid.NewGuid().ToString("N"));
        Directory.Move(Path.Combine(_root, bucket), grave);
        Directory.Delete(grave, recursive: true);
        return _buckets.Remove(bucket);
    });

    public string? GetBucketSetting(string bucket, string name) => Locked(() => Require(bucket).Record.Settings.GetValueOrDefault(name));

    public void SetBucketSetting(string bucket, string name, string? document) => Locked(() =>
    {
        var state = Require(bucket);
        var settings = new Dictionary<string, string>(state.Record.Settings);
        settings.Remove(name);
        if (document is not null)
        {
            settings[name] = document;
        }

        state.Save(state.Record with { Settings = settings });
        return settings;
    });

    public void SetGrants(string bucket, IReadOnlyList<Grant>? grants) => Locked(() =>
    {
        var state = Require(bucket);
        state.Save(state.Record with { Grants = grants });
        return grants;
    });

    public IReadOnlyList<StoredObject> List(string bucket, string prefix) => Locked(() =>
    {
        var state = Require(bucket);
        return state.Objects.Where(version => version.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(version => Stored(state, version)).ToList();
    });

    public StoredObject? Find(string bucket, string key, string? versionId = null) => Locked(() =>
    {
        var state = Require(bucket);
        return Lookup(state, key, versionId) is { IsDeleteMarker: false } version ? Stored(state, version) : null;
    });

    public Stream Open(StoredObject stored)
    {
        try
        {
            return OpenData(stored.DataFile);
        }
        catch (IOException exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw S3Errors.NoSuchKey();
        }
    }

    public async Task<StoredObject> PutAsync(
        string bucket, string key, Stream content, ObjectHeaders? headers = null, CancellationToken cancellationToken = default)
    {
        using var body = await StagedBody.ReceiveAsync(StagingFolder, content, [ChecksumAlgorithm.Default], withSha256: false, cancellationToken);
        var version = Commit(bucket, new ObjectDraft(key, body.ETag, (headers ?? new ObjectHeaders()) with { Checksums = body.Checksums }), body, WriteCondition.None);
        return Find(bucket, key, version.VersionId) ?? throw S3Errors.NoSuchKey();
    }

    public void Delete(string bucket, string key) => Delete(bucket, key, versionId: null, WriteCondition.None);

    /// <summary>Makes staged bytes the newest version of a key, if the condition holds at that moment.</summary>
    public VersionRecord Commit(string bucket, ObjectDraft draft, StagedBody body, WriteCondition condition) => Locked(() =>
    {
        var state = Require(bucket);
        ObjectKey.Validate(draft.Key);
        condition.Check(state.Newest(draft.Key));
        var now = _time.GetUtcNow();
        var headers = DefaultEncryption.Apply(draft.Headers, state.Record);
        headers = headers with { Lock = BucketLock.From(state.Record) is { } bucketLock ? bucketLock.Default(headers.Lock, now) : null };
        return state.Add(draft with { Headers = headers, ETag = headers.HidesContent ? HiddenETag(draft.ETag) : draft.ETag }, body, now);
    });

    /// <summary>Deletes a named version for good; without one, the newest, or leaves a delete marker where the bucket has versions.</summary>
    /// <param name="bypasses">Whether the request asks to bypass governance retention.</param>
    /// <exception cref="AwsError">The condition does not hold, or Object Lock keeps the version.</exception>
    public DeleteOutcome Delete(string bucket, string key, string? versionId, WriteCondition condition, bool bypasses = false) => Locked(() =>
    {
        var state = Require(bucket);
        condition.Check(state.Newest(key));
        if (versionId is null && state.VersioningStatus is not null)
        {
            return new DeleteOutcome(state.AddDeleteMarker(key, _time.GetUtcNow()).VersionId, IsMarker: true);
        }

        if (Lookup(state, key, versionId) is not { } version)
        {
            return new DeleteOutcome(versionId, IsMarker: false);
        }

        version.Headers.Lock?.CheckDeletion(_time.GetUtcNow(), bypasses);
        state.Remove(version);
        return new DeleteOutcome(versionId, version.IsDeleteMarker);
    });

    /// <summary>The newest or the named version.</summary>
    /// <exception cref="AwsError">There is none, or it is a delete marker.</exception>
    public VersionRecord RequireRecord(string bucket, string key, string? versionId) =>
        Locked(() => RequireObject(Require(bucket), key, versionId));

    /// <summary>The newest or the named version, delete markers included.</summary>
    public VersionRecord? Record(string bucket, string key, string? versionId) => Locked(() => Lookup(Require(bucket), key, versionId));

    /// <summary>A version together with its open bytes, so a write in between cannot mix two versions.</summary>
    public (VersionRecord Version, Stream Content) Read(string bucket, string key, string? versionId) => Locked(() =>
    {
        var state = Require(bucket);
        var version = RequireObject(state, key, versionId);
        return (version, (Stream)OpenData(state.DataPath(version)));
    });

    /// <summary>Changes what is said of a version, not its bytes.</summary>
    public VersionRecord Update(string bucket, string key, string? versionId, Func<ObjectHeaders, ObjectHeaders> change) => Locked(() =>
    {
        var state = Require(bucket);
        var version = RequireObject(state, key, versionId);
        var changed = version with { Headers = change(version.Headers) };
        state.Replace(changed);
        return changed;
    });

    /// <summary>Newest versions without delete markers, or all versions and markers, in key order.</summary>
    public IReadOnlyList<VersionRecord> Records(string bucket, bool allVersions) => Locked(() =>
    {
        var state = Require(bucket);
        return (allVersions ? state.Versions : state.Objects).ToList();
    });

    private static VersionRecord RequireObject(BucketState state, string key, string? versionId) =>
        Lookup(state, key, versionId) switch
        {
            { IsDeleteMarker: false } version => version,
            null when versionId is not null => throw S3Errors.NoSuchVersion(),
            { IsDeleteMarker: true } marker => throw S3Errors.DeleteMarker(marker, isNamed: versionId is not null),
            _ => throw S3Errors.NoSuchKey(),
        };

    /// <summary>The ETag of what KMS or a customer's key encrypts is no MD5 of the content.</summary>
    private static string HiddenETag(string etag) =>
        RandomNumberGenerator.GetHexString(32, lowercase: true) + (etag.IndexOf('-', StringComparison.Ordinal) is >= 0 and var dash ? etag[dash..] : "");

    private static VersionRecord? Lookup(BucketState state, string key, string? versionId) =>
        versionId is null ? state.Newest(key) : state.Version(key, versionId);

    private static FileStream OpenData(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true);

    private static StoredObject Stored(BucketState state, VersionRecord version) =>
        new(state.Name, version.Key, version.VersionId, version.ETag, version.LastModified, version.Headers)
        {
            DataFile = state.DataPath(version),
        };

    private BucketState Require(string bucket) => _buckets.GetValueOrDefault(bucket) ?? throw S3Errors.NoSuchBucket(bucket);

    private T Locked<T>(Func<T> work)
    {
        lock (_gate)
        {
            return work();
        }
    }
}
