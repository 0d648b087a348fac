using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>A bucket's own record: where, since when, and its setting documents by the API's query names.</summary>
internal sealed record BucketRecord(string Region, DateTimeOffset CreatedAt, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Canonical user id of the account that owns the bucket; null for the sandbox's own account.</summary>
    public string? Owner { get; init; }

    /// <summary>Its access control list; null for the one that gives its owner full control and nobody else anything.</summary>
    public IReadOnlyList<Grant>? Grants { get; init; }
}

/// <summary>One bucket: its record and the index of its keys, in memory and on disk. Callers hold the store's lock.</summary>
/// <remarks>A version is there from the moment its record file is renamed into place; bytes without a record are swept at start.</remarks>
internal sealed class BucketState
{
    private const string RecordExtension = ".json";
    private const string DataExtension = ".data";

    private readonly string _folder;
    private readonly SortedDictionary<string, List<VersionRecord>> _keys = new(StringComparer.Ordinal);
    private long _sequence;

    private BucketState(string folder, BucketRecord record)
    {
        _folder = folder;
        Record = record;
    }

    public BucketRecord Record { get; private set; }

    public string Name => Path.GetFileName(_folder);

    public bool IsEmpty => _keys.Count == 0;

    /// <summary>All versions in key order, the newest of a key first.</summary>
    public IEnumerable<VersionRecord> Versions => _keys.Values.SelectMany(versions => versions);

    /// <summary>The newest version of each key, where it is not a delete marker.</summary>
    public IEnumerable<VersionRecord> Objects => _keys.Values.Select(versions => versions[0]).Where(version => !version.IsDeleteMarker);

    public static BucketState Create(string folder, BucketRecord record)
    {
        Directory.CreateDirectory(folder);
        var bucket = new BucketState(folder, record);
        bucket.Save(record);
        return bucket;
    }

    /// <returns>Null if the folder holds no bucket: a creation that was cut short.</returns>
    public static BucketState? Load(string folder)
    {
        var recordFile = Path.Combine(folder, "bucket.json");
        if (!File.Exists(recordFile))
        {
            return null;
        }

        var bucket = new BucketState(folder, AtomicFile.ReadRecord<BucketRecord>(recordFile));
        foreach (var keyFolder in Directory.EnumerateDirectories(folder))
        {
            bucket.LoadKey(keyFolder);
        }

        return bucket;
    }

    public void Save(BucketRecord record)
    {
        AtomicFile.WriteRecord(Path.Combine(_folder, "bucket.json"), record);
        Record = record;
    }

    public VersionRecord? Newest(string key) => _keys.TryGetValue(key, out var versions) ? versions[0] : null;

    public VersionRecord? Version(string key, string versionId) =>
        _keys.TryGetValue(key, out var versions) ? versions.Find(version => version.VersionId == versionId) : null;

    public string DataPath(VersionRecord version) => Path.Combine(FolderOf(version.Key), version.DataName!);

    /// <summary>Moves staged bytes into place as the newest version of the draft's key.</summary>
    public VersionRecord Add(ObjectDraft draft, StagedBody body, DateTimeOffset now)
    {
        var dataName = Guid.NewGuid().ToString("N") + DataExtension;
        Directory.CreateDirectory(FolderOf(draft.Key));
        File.Move(body.Path, Path.Combine(FolderOf(draft.Key), dataName));
        return Insert(NextVersion(draft.Key, now) with
        {
            DataName = dataName,
            Size = body.Size,
            ETag = draft.ETag,
            Headers = draft.Headers,
            Parts = draft.Parts,
            ChecksumType = draft.ChecksumType,
            UploadId = draft.UploadId,
        });
    }

    public VersionRecord AddDeleteMarker(string key, DateTimeOffset now) =>
        Insert(NextVersion(key, now));

    /// <summary>Puts a changed record in the place of the one with its version id.</summary>
    public void Replace(VersionRecord version)
    {
        var versions = _keys[version.Key];
        Write(version);
        versions[versions.FindIndex(other => other.VersionId == version.VersionId)] = version;
    }

    public void Remove(VersionRecord version)
    {
        var folder = FolderOf(version.Key);
        File.Delete(RecordPath(version));
        if (version.DataName is not null)
        {
            File.Delete(DataPath(version));
        }

        var versions = _keys[version.Key];
        versions.Remove(version);
        if (versions.Count == 0)
        {
            _keys.Remove(version.Key);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>True once versioning was enabled and not suspended since.</summary>
    public bool IsVersioned => VersioningStatus == "Enabled";

    /// <summary>Enabled, Suspended, or null if versioning was never set.</summary>
    public string? VersioningStatus =>
        Record.Settings.GetValueOrDefault("versioning") is { } document
            ? XElement.Parse(document).ChildText("Status")
            : null;

    private VersionRecord Insert(VersionRecord version)
    {
        var replaced = Version(version.Key, version.VersionId);
        Write(version);
        if (!_keys.TryGetValue(version.Key, out var versions))
        {
            _keys[version.Key] = versions = [];
        }

        if (replaced is not null)
        {
            versions.Remove(replaced);
            if (replaced.DataName is not null)
            {
                File.Delete(DataPath(replaced));
            }
        }

        versions.Insert(0, version);
        return version;
    }

    private void LoadKey(string keyFolder)
    {
        var versions = Directory.EnumerateFiles(keyFolder, "*" + RecordExtension)
            .Select(AtomicFile.ReadRecord<VersionRecord>).OrderByDescending(version => version.Sequence).ToList();
        var known = versions.Select(version => version.DataName).ToHashSet();
        foreach (var orphan in Directory.EnumerateFiles(keyFolder).Where(file => !file.EndsWith(RecordExtension, StringComparison.Ordinal)))
        {
            if (!known.Contains(Path.GetFileName(orphan)))
            {
                File.Delete(orphan);
            }
        }

        if (versions.Count > 0)
        {
            _keys[versions[0].Key] = versions;
            _sequence = Math.Max(_sequence, versions[0].Sequence);
        }
    }

    private VersionRecord NextVersion(string key, DateTimeOffset now)
    {
        _sequence++;
        return new VersionRecord(key, IsVersioned ? VersionId.Create(_sequence) : VersionRecord.NullVersion, _sequence, null, 0, "", now);
    }

    /// <summary>Keys may hold anything and be longer than a file name: their digest names the folder.</summary>
    private string FolderOf(string key) =>
        Path.Combine(_folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16)));

    private string RecordPath(VersionRecord version) => Path.Combine(FolderOf(version.Key), version.VersionId + RecordExtension);

    private void Write(VersionRecord version)
    {
        Directory.CreateDirectory(FolderOf(version.Key));
        AtomicFile.WriteRecord(RecordPath(version), version);
    }
}
