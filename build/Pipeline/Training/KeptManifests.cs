using System.Globalization;
using System.Text.RegularExpressions;
using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Aws;
using BuildPipeline.Checkpoints;
using BuildPipeline.Jobs;

namespace BuildPipeline.Training;

/// <summary>A manifest that is kept with a run's record.</summary>
/// <param name="Step">The step in the name of the checkpoint's folder.</param>
/// <param name="LastModified">When it came into the bucket, to the second.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="Name">Name of the copy.</param>
public sealed record KeptManifest(int Step, DateTimeOffset LastModified, string Sha256, string Name);

/// <summary>
/// Copies of the manifests of a run's checkpoints, in the run's folder and with its record in S3: the bucket purges the
/// versions that rotation leaves behind after some days, and a run may take weeks.
/// </summary>
public sealed partial class KeptManifests(IAwsClients clients, CheckpointReader checkpoints, ArtifactsFolder folder)
{
    private const string Folder = "manifests";

    /// <summary>Copies a manifest, byte for byte, where it is not copied yet.</summary>
    public async Task KeepAsync(ITrainingRun run, SeenManifest seen, CancellationToken cancellationToken)
    {
        var version = seen.Version;
        var name = string.Create(CultureInfo.InvariantCulture, $"step-{version.Step:D8}.{version.LastModified.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.{seen.Sha256}.json");
        var file = folder.FileOf(run.RunId, Path.Combine(Folder, name));
        if (File.Exists(file))
        {
            return;
        }

        using var content = new MemoryStream(seen.Content);
        var request = new PutObjectRequest { BucketName = run.Job!.ArtifactBucket, Key = Prefix(run).Key + name, InputStream = content };
        if (version.VersionId is { } id)
        {
            request.Metadata.Add("version-id", id);
        }

        await clients.S3.PutObjectAsync(request, cancellationToken);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            WholeFile.Write(file, seen.Content);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The copy in S3 is enough for a verdict.
        }
    }

    /// <summary>Copies every manifest that the bucket still holds, old versions included.</summary>
    public async Task SweepAsync(ITrainingRun run, CancellationToken cancellationToken)
    {
        var prefix = ArtifactPaths.Checkpoints(run.Job!, run.ArtifactFolder);
        var kept = (await ListAsync(run, cancellationToken)).Select(copy => (copy.Step, copy.LastModified)).ToHashSet();
        foreach (var version in await checkpoints.HistoryAsync(prefix, cancellationToken))
        {
            if (!kept.Contains((version.Step, ToSecond(version.LastModified)))
                && await checkpoints.ReadVersionAsync(prefix.Bucket, version, cancellationToken) is { } seen)
            {
                await KeepAsync(run, seen, cancellationToken);
            }
        }
    }

    /// <summary>The copies of a run, on this machine and in S3, oldest first.</summary>
    public async Task<IReadOnlyList<KeptManifest>> ListAsync(ITrainingRun run, CancellationToken cancellationToken)
    {
        var copies = folder.FileOf(run.RunId, Folder);
        var names = Directory.Exists(copies) ? Directory.EnumerateFiles(copies).Select(file => Path.GetFileName(file)).ToHashSet() : [];
        var prefix = Prefix(run);
        var request = new ListObjectsV2Request { BucketName = prefix.Bucket, Prefix = prefix.Key };
        do
        {
            var page = await clients.S3.ListObjectsV2Async(request, cancellationToken);
            names.UnionWith((page.S3Objects ?? []).Select(item => item.Key[prefix.Key.Length..]));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);

        return [.. names.Select(Parse).OfType<KeptManifest>().OrderBy(copy => copy.LastModified)];
    }

    /// <summary>Reads a copy; null if it is not a manifest, or is not what its name says.</summary>
    public async Task<ReadManifest?> ReadAsync(ITrainingRun run, KeptManifest copy, CancellationToken cancellationToken)
    {
        var file = folder.FileOf(run.RunId, Path.Combine(Folder, copy.Name));
        var content = File.Exists(file) ? await File.ReadAllBytesAsync(file, cancellationToken) : await DownloadAsync(run, copy, cancellationToken);
        var seen = new SeenManifest(new(copy.Step, copy.Name, null, copy.LastModified), content);
        return seen.Sha256 == copy.Sha256 ? ReadManifest.From(seen) : null;
    }

    private async Task<byte[]> DownloadAsync(ITrainingRun run, KeptManifest copy, CancellationToken cancellationToken)
    {
        var prefix = Prefix(run);
        try
        {
            using var response = await clients.S3.GetObjectAsync(prefix.Bucket, prefix.Key + copy.Name, cancellationToken);
            using var content = new MemoryStream();
            await response.ResponseStream.CopyToAsync(content, cancellationToken);
            return content.ToArray();
        }
        catch (AmazonS3Exception exception) when (AwsErrors.Classify(exception) == AwsErrorKind.NotFound)
        {
            return [];
        }
    }

    private static S3Uri Prefix(ITrainingRun run) => ArtifactPaths.Record(run.Job!, run.ArtifactFolder, Folder + "/");

    private static DateTimeOffset ToSecond(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    private static KeptManifest? Parse(string name)
    {
        var match = NamePattern().Match(name);
        return match.Success
            && DateTimeOffset.TryParseExact(match.Groups[2].Value, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var step)
                ? new(step, time, match.Groups[3].Value, name)
                : null;
    }

    [GeneratedRegex(@"^step-(\d{8,10})\.(\d{8}T\d{6}Z)\.([0-9a-f]{64})\.json$")]
    private static partial Regex NamePattern();
}
