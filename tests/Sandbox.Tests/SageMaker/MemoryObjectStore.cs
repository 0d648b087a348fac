using System.Collections.Immutable;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

/// <summary>Buckets in memory that answer at once, for tests in virtual time.</summary>
internal sealed class MemoryObjectStore : IObjectStore
{
    private readonly SortedDictionary<(string Bucket, string Key), (StoredObject Stored, byte[] Content)> _objects = new(
        Comparer<(string Bucket, string Key)>.Create((a, b) => string.CompareOrdinal(a.Bucket + "\n" + a.Key, b.Bucket + "\n" + b.Key)));

    // A job copies its checkpoints while a test looks at those that there are.
    private readonly Lock _gate = new();
    private readonly HashSet<string> _buckets = [];
    private readonly Dictionary<(string, string), string> _settings = [];

    /// <summary>Keys in the order in which they were written, up to now.</summary>
    public ImmutableList<string> Written { get; private set; } = [];

    public IReadOnlyList<string> Buckets => [.. _buckets];

    public bool BucketExists(string bucket) => _buckets.Contains(bucket);

    public void CreateBucket(string bucket, string region) => _buckets.Add(bucket);

    public void DeleteBucket(string bucket) => _buckets.Remove(bucket);

    public string? GetBucketSetting(string bucket, string name) => _settings.GetValueOrDefault((bucket, name));

    public void SetBucketSetting(string bucket, string name, string? document) => _settings[(bucket, name)] = document!;

    public IReadOnlyList<StoredObject> List(string bucket, string prefix)
    {
        lock (_gate)
        {
            return [.. _objects.Values.Select(entry => entry.Stored).Where(stored => stored.Bucket == bucket && stored.Key.StartsWith(prefix, StringComparison.Ordinal))];
        }
    }

    public StoredObject? Find(string bucket, string key, string? versionId = null)
    {
        lock (_gate)
        {
            return _objects.TryGetValue((bucket, key), out var entry) ? entry.Stored : null;
        }
    }

    public Stream Open(StoredObject stored) => new MemoryStream(ContentOf(stored.Bucket, stored.Key)!);

    public Task<StoredObject> PutAsync(string bucket, string key, Stream content, ObjectHeaders? headers = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        var stored = new StoredObject(bucket, key, "null", "", default, headers ?? new ObjectHeaders()) { DataFile = "" };
        lock (_gate)
        {
            _objects[(bucket, key)] = (stored, bytes.ToArray());
            Written = Written.Add(key);
        }

        return Task.FromResult(stored);
    }

    public void Delete(string bucket, string key)
    {
        lock (_gate)
        {
            _objects.Remove((bucket, key));
        }
    }

    public void Put(string bucket, string key, string content)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content));
        PutAsync(bucket, key, stream).GetAwaiter().GetResult();
    }

    public string Text(string bucket, string key) => System.Text.Encoding.UTF8.GetString(ContentOf(bucket, key)!);

    /// <summary>The bytes of an object; null if it does not exist.</summary>
    public byte[]? ContentOf(string bucket, string key)
    {
        lock (_gate)
        {
            return _objects.TryGetValue((bucket, key), out var entry) ? entry.Content : null;
        }
    }
}
