using System.Globalization;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Aws;

namespace BuildPipeline.Checkpoints;

/// <summary>Whether a checkpoint can be resumed from.</summary>
public enum CheckpointState
{
    /// <summary>The manifest is there, and every file it lists.</summary>
    Complete,

    /// <summary>The manifest, or a file that it lists, is not there: still being written, or cut off while it was.</summary>
    Incomplete,

    /// <summary>The manifest cannot be read, or a file differs from what it says.</summary>
    Corrupt,
}

/// <summary>One checkpoint folder in S3.</summary>
/// <param name="Uri">The folder, <c>s3://</c>.</param>
/// <param name="Step">The step in the folder's name.</param>
/// <param name="State">Whether it can be resumed from.</param>
/// <param name="Manifest">Its manifest, where it has one that can be read.</param>
/// <param name="Problem">What is missing or wrong; null if it is complete.</param>
/// <param name="Seen">The manifest as the bucket holds it, readable or not; null if there is none.</param>
public sealed record StoredCheckpoint(
    string Uri, int Step, CheckpointState State, CheckpointManifest? Manifest, string? Problem, SeenManifest? Seen = null)
{
    /// <summary>Files in the folder that the manifest does not list.</summary>
    public int UnlistedFiles { get; init; }

    /// <summary>The manifest, <c>s3://</c>.</summary>
    public string ManifestUri => Uri + CheckpointReader.ManifestName;
}

/// <summary>A manifest that the bucket holds or once held.</summary>
/// <param name="Step">The step in the folder's name.</param>
/// <param name="Key">Object key.</param>
/// <param name="VersionId">Version of the object.</param>
/// <param name="LastModified">When it came into the bucket.</param>
public sealed record ManifestVersion(int Step, string Key, string? VersionId, DateTimeOffset LastModified);

/// <summary>A manifest's bytes, as they were read from the bucket.</summary>
/// <param name="Version">Where and when.</param>
/// <param name="Content">The bytes.</param>
public sealed record SeenManifest(ManifestVersion Version, byte[] Content)
{
    /// <summary>SHA-256 of the bytes, lower-case hex: the name by which a lineage knows it.</summary>
    public string Sha256 { get; } = HexDigest.Calculate(Content);
}

/// <summary>A manifest with the digest by which a lineage names it.</summary>
/// <param name="Manifest">The manifest.</param>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hex.</param>
public sealed record ReadManifest(CheckpointManifest Manifest, string Sha256)
{
    /// <summary>What was read; null if it is not a manifest.</summary>
    public static ReadManifest? From(SeenManifest seen) =>
        CheckpointManifest.TryParse(seen.Content, out var manifest, out _) ? new(manifest, seen.Sha256) : null;
}

/// <summary>Reads the checkpoints of a run as they are in S3.</summary>
public sealed class CheckpointReader(IAwsClients clients)
{
    internal const string ManifestName = "manifest.json";
    private const string FolderPrefix = "step-";
    private const string UploadingSuffix = ".sagemaker-uploading";
    private const int MaxManifestBytes = 4 * 1024 * 1024;

    /// <summary>The checkpoints under a prefix, by step. Files are compared by size.</summary>
    public async Task<IReadOnlyList<StoredCheckpoint>> ReadAsync(S3Uri prefix, CancellationToken cancellationToken)
    {
        var folders = new SortedDictionary<int, Dictionary<string, long>>();
        var request = new ListObjectsV2Request { BucketName = prefix.Bucket, Prefix = prefix.Key };
        do
        {
            var page = await clients.S3.ListObjectsV2Async(request, cancellationToken);
            foreach (var item in page.S3Objects ?? [])
            {
                if (PartsOf(prefix, item.Key) is var (step, file) && !file.EndsWith(UploadingSuffix, StringComparison.Ordinal))
                {
                    folders.TryAdd(step, new(StringComparer.Ordinal));
                    folders[step][file] = item.Size ?? 0;
                }
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);

        var checkpoints = new List<StoredCheckpoint>();
        foreach (var (step, files) in folders)
        {
            checkpoints.Add(await JudgeAsync(prefix, step, files, cancellationToken));
        }

        return checkpoints;
    }

    /// <summary>Reads every file of a complete checkpoint and compares its SHA-256; returns it corrupt where one differs.</summary>
    public async Task<StoredCheckpoint> VerifyAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        if (checkpoint is not { State: CheckpointState.Complete, Manifest: { } manifest } || !S3Uri.TryParse(checkpoint.Uri, out var folder))
        {
            return checkpoint;
        }

        foreach (var file in manifest.Files)
        {
            using var response = await clients.S3.GetObjectAsync(folder.Bucket, folder.Key + file.Path, cancellationToken);
            var hash = Convert.ToHexString(await SHA256.HashDataAsync(response.ResponseStream, cancellationToken));
            if (!hash.Equals(file.Sha256, StringComparison.OrdinalIgnoreCase))
            {
                return checkpoint with
                {
                    State = CheckpointState.Corrupt,
                    Problem = $"{file.Path} does not have the SHA-256 in the manifest",
                };
            }
        }

        return checkpoint;
    }

    /// <summary>All manifests that came into the bucket under a prefix, those that were rotated away included, oldest first.</summary>
    public async Task<IReadOnlyList<ManifestVersion>> HistoryAsync(S3Uri prefix, CancellationToken cancellationToken)
    {
        var versions = new List<ManifestVersion>();
        var request = new ListVersionsRequest { BucketName = prefix.Bucket, Prefix = prefix.Key };
        while (true)
        {
            var page = await clients.S3.ListVersionsAsync(request, cancellationToken);
            foreach (var item in (page.Versions ?? []).Where(item => item.IsDeleteMarker != true))
            {
                if (PartsOf(prefix, item.Key) is (var step, ManifestName))
                {
                    versions.Add(new(step, item.Key, item.VersionId, SdkTime.ToUtc(item.LastModified) ?? default));
                }
            }

            if (page.IsTruncated != true)
            {
                return [.. versions.OrderBy(version => version.LastModified)];
            }

            request.KeyMarker = page.NextKeyMarker;
            request.VersionIdMarker = page.NextVersionIdMarker;
        }
    }

    /// <summary>Reads one of <see cref="HistoryAsync"/>; null if the bucket has purged it since.</summary>
    public async Task<SeenManifest?> ReadVersionAsync(string bucket, ManifestVersion version, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetObjectRequest { BucketName = bucket, Key = version.Key, VersionId = version.VersionId };
            return await ReadManifestAsync(request, version.Step, version.LastModified, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (AwsErrors.Classify(exception) == AwsErrorKind.NotFound)
        {
            return null;
        }
    }

    private async Task<StoredCheckpoint> JudgeAsync(
        S3Uri prefix, int step, Dictionary<string, long> files, CancellationToken cancellationToken)
    {
        var folder = new S3Uri(prefix.Bucket, FormattableString.Invariant($"{prefix.Key}{FolderPrefix}{step:D8}/"));
        SeenManifest? seen = null;
        StoredCheckpoint Judged(CheckpointState state, CheckpointManifest? manifest, string? problem) =>
            new(folder.ToString(), step, state, manifest, problem, seen);

        if (!files.ContainsKey(ManifestName))
        {
            return Judged(CheckpointState.Incomplete, null, "its manifest is missing");
        }

        try
        {
            var request = new GetObjectRequest { BucketName = folder.Bucket, Key = folder.Key + ManifestName };
            seen = await ReadManifestAsync(request, step, null, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (AwsErrors.Classify(exception) == AwsErrorKind.NotFound)
        {
            return Judged(CheckpointState.Incomplete, null, "its manifest no longer exists");
        }

        if (!CheckpointManifest.TryParse(seen.Content, out var manifest, out var problem))
        {
            return Judged(CheckpointState.Corrupt, null, $"its manifest cannot be read: {problem}");
        }

        if (manifest.Step != step)
        {
            return Judged(CheckpointState.Corrupt, manifest, $"its manifest belongs to step {manifest.Step}");
        }

        if (manifest.Files.FirstOrDefault(file => !files.ContainsKey(file.Path)) is { } missing)
        {
            return Judged(CheckpointState.Incomplete, manifest, $"{missing.Path} is missing");
        }

        return manifest.Files.FirstOrDefault(file => files[file.Path] != file.Size) is { } different
            ? Judged(CheckpointState.Corrupt, manifest,
                $"{different.Path} has {files[different.Path]} bytes, but the manifest lists {different.Size}")
            : Judged(CheckpointState.Complete, manifest, null) with { UnlistedFiles = files.Count - 1 - manifest.Files.Count };
    }

    private async Task<SeenManifest> ReadManifestAsync(
        GetObjectRequest request, int step, DateTimeOffset? lastModified, CancellationToken cancellationToken)
    {
        using var response = await clients.S3.GetObjectAsync(request, cancellationToken);
        var buffer = new byte[Math.Min(response.ContentLength, MaxManifestBytes)];
        var read = await response.ResponseStream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var version = new ManifestVersion(
            step, request.Key, request.VersionId ?? response.VersionId, lastModified ?? SdkTime.ToUtc(response.LastModified) ?? default);
        return new(version, buffer[..read]);
    }

    /// <summary>Step and file of a key <c>PREFIX/step-00000200/FILE</c>; null if it is another key.</summary>
    private static (int Step, string File)? PartsOf(S3Uri prefix, string key)
    {
        var parts = key[prefix.Key.Length..].Split('/', 2);
        return parts.Length == 2 && parts[0].StartsWith(FolderPrefix, StringComparison.Ordinal)
            && int.TryParse(parts[0].AsSpan(FolderPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
                ? (step, parts[1])
                : null;
    }
}
