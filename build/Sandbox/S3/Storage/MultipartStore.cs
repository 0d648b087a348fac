using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>A multipart upload started and neither completed nor aborted.</summary>
/// <param name="Checksum">Name of the checksum algorithm, where the client asked for one.</param>
/// <param name="ChecksumType">COMPOSITE or FULL_OBJECT, where there is an algorithm.</param>
internal sealed record UploadRecord(
    string UploadId, string Bucket, string Key, DateTimeOffset Initiated, ObjectHeaders Headers, string? Checksum, string? ChecksumType)
{
    /// <summary>Canonical user id of who began it; null for the bucket's owner.</summary>
    public string? Initiator { get; init; }
}

/// <summary>One part of an upload.</summary>
/// <param name="Checksums">Base64 values by algorithm name.</param>
internal sealed record PartRecord(
    int Number, long Size, string ETag, DateTimeOffset LastModified, IReadOnlyDictionary<string, string> Checksums, string DataName);

/// <summary>The parts of unfinished uploads in the state folder.</summary>
internal sealed class MultipartStore
{
    private readonly ConcurrentDictionary<string, Upload> _uploads = new();
    private readonly TimeProvider _time;
    private readonly string _root;

    public MultipartStore(SandboxSettings settings, TimeProvider time)
    {
        _time = time;
        _root = settings.FolderOf(Path.Combine("s3", "uploads"));
        foreach (var folder in Directory.EnumerateDirectories(_root).Where(folder => File.Exists(Path.Combine(folder, "upload.json"))))
        {
            var upload = new Upload(folder, AtomicFile.ReadRecord<UploadRecord>(Path.Combine(folder, "upload.json")));
            foreach (var part in Directory.EnumerateFiles(folder, "part-*.json").Select(AtomicFile.ReadRecord<PartRecord>))
            {
                upload.Parts[part.Number] = part;
            }

            _uploads[upload.Record.UploadId] = upload;
        }
    }

    public UploadRecord Create(string bucket, string key, string? initiator, ObjectHeaders headers, ChecksumAlgorithm? checksum, string? checksumType)
    {
        ObjectKey.Validate(key);
        var record = new UploadRecord(
            NewId(), bucket, key, _time.GetUtcNow(), headers, checksum?.Name, checksum is null ? null : checksumType ?? checksum.DefaultType) { Initiator = initiator };
        var folder = Directory.CreateDirectory(Path.Combine(_root, record.UploadId)).FullName;
        AtomicFile.WriteRecord(Path.Combine(folder, "upload.json"), record);
        _uploads[record.UploadId] = new Upload(folder, record);
        return record;
    }

    /// <exception cref="Protocols.AwsError">NoSuchUpload.</exception>
    public UploadRecord Require(string bucket, string key, string uploadId) => Find(bucket, key, uploadId).Record;

    /// <summary>Uploads of a bucket in key order.</summary>
    public IReadOnlyList<UploadRecord> List(string bucket) =>
        [.. _uploads.Values.Select(upload => upload.Record).Where(record => record.Bucket == bucket)
            .OrderBy(record => record.Key, StringComparer.Ordinal).ThenBy(record => record.UploadId, StringComparer.Ordinal)];

    /// <summary>Parts received so far, by number.</summary>
    public IReadOnlyList<PartRecord> Parts(UploadRecord record) =>
        [.. Find(record.Bucket, record.Key, record.UploadId).Parts.Values.OrderBy(part => part.Number)];

    /// <summary>Adds a part, or replaces the one of that number.</summary>
    public PartRecord AddPart(UploadRecord record, int number, StagedBody body)
    {
        var upload = Find(record.Bucket, record.Key, record.UploadId);

        // Without an algorithm of the upload's own, what came with a part was checked and is not kept.
        var checksums = record.Checksum is null ? new Dictionary<string, string>() : body.Checksums;
        var part = new PartRecord(number, body.Size, body.ETag, _time.GetUtcNow(), checksums, $"{Guid.NewGuid():N}.data");
        lock (upload)
        {
            File.Move(body.Path, Path.Combine(upload.Folder, part.DataName));
            AtomicFile.WriteRecord(Path.Combine(upload.Folder, $"part-{number:D5}.json"), part);
            if (upload.Parts.TryGetValue(number, out var replaced))
            {
                File.Delete(Path.Combine(upload.Folder, replaced.DataName));
            }

            upload.Parts[number] = part;
        }

        return part;
    }

    /// <summary>The bytes of parts, one after the other.</summary>
    public Stream Open(UploadRecord record, IEnumerable<PartRecord> parts)
    {
        var folder = Find(record.Bucket, record.Key, record.UploadId).Folder;
        return new ConcatenatedStream(parts.Select(part => Path.Combine(folder, part.DataName)));
    }

    /// <summary>Forgets an upload and its parts: it was completed or aborted.</summary>
    public void Remove(UploadRecord record)
    {
        if (_uploads.TryRemove(record.UploadId, out var upload))
        {
            File.Delete(Path.Combine(upload.Folder, "upload.json"));
            Directory.Delete(upload.Folder, recursive: true);
        }
    }

    /// <summary>Later uploads have greater ids, so an id is a position in a listing.</summary>
    private string NewId() =>
        _time.GetUtcNow().Ticks.ToString("x16", CultureInfo.InvariantCulture) + RandomNumberGenerator.GetHexString(16, lowercase: true);

    private Upload Find(string bucket, string key, string uploadId) =>
        _uploads.TryGetValue(uploadId, out var upload) && upload.Record.Bucket == bucket && upload.Record.Key == key
            ? upload
            : throw S3Errors.NoSuchUpload();

    private sealed record Upload(string Folder, UploadRecord Record)
    {
        public ConcurrentDictionary<int, PartRecord> Parts { get; } = new();
    }
}
