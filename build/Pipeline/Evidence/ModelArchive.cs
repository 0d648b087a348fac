using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using BuildPipeline.Checkpoints;
using BuildPipeline.Uploads;

namespace BuildPipeline.Evidence;

/// <summary>The document <c>metrics.json</c> in a model archive: what the training ended with, in full precision.</summary>
public sealed record FinalMetrics
{
    /// <summary>The format that is read here.</summary>
    public const string CurrentFormat = "final-metrics/1";

    /// <summary>Format of this document.</summary>
    public required string Format { get; init; }

    /// <summary>Last step of the training.</summary>
    public required int Step { get; init; }

    /// <summary>Final metrics by name.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Every start and resume of the training, oldest first.</summary>
    public required IReadOnlyList<LineageEntry> Lineage { get; init; }
}

/// <summary>A model archive that was read to its last byte.</summary>
/// <param name="Files">Files in it.</param>
/// <param name="Bytes">Compressed bytes.</param>
/// <param name="Metrics">Its <c>metrics.json</c>, where it has one that can be read.</param>
/// <param name="Problem">What is wrong with the archive; null if nothing is.</param>
public sealed record ModelArchive(int Files, long Bytes, FinalMetrics? Metrics, string? Problem)
{
    private const string MetricsName = "metrics.json";
    private const int MaxMetricsBytes = 4 * 1024 * 1024;

    /// <summary>Reads a <c>tar.gz</c>; a broken one is an answer, not an exception.</summary>
    public static async Task<ModelArchive> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var compressed = new CountingStream(stream);
        await using var gzip = new GZipStream(compressed, CompressionMode.Decompress, leaveOpen: true);
        var content = new CountingStream(gzip);
        var archive = new ModelArchive(0, 0, null, null);
        try
        {
            archive = await ReadEntriesAsync(content, archive, cancellationToken);
            await content.CopyToAsync(Stream.Null, cancellationToken);
            await compressed.CopyToAsync(Stream.Null, cancellationToken);

            // A gzip stream ends with the length of its content; a cut one is otherwise read without complaint.
            if (content.Count == 0 || compressed.LastFour != unchecked((uint)content.Count))
            {
                archive = archive with { Problem = "it is truncated" };
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException or OverflowException or ArgumentException or InvalidOperationException)
        {
            archive = archive with { Problem = "it is truncated or not a tar.gz file" };
        }

        archive = archive with { Bytes = compressed.Count };
        return archive switch
        {
            { Bytes: 0 } => archive with { Problem = "it is empty" },
            { Problem: not null } => archive,
            { Files: 0 } => archive with { Problem = "it is empty" },
            { Metrics: null } => archive with { Problem = $"it has no {MetricsName}" },
            _ => archive,
        };
    }

    private static async Task<ModelArchive> ReadEntriesAsync(Stream content, ModelArchive archive, CancellationToken cancellationToken)
    {
        await using var tar = new TarReader(content, leaveOpen: true);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
            {
                continue;
            }

            archive = archive with { Files = archive.Files + 1 };
            if (entry is { DataStream: { } data, Length: <= MaxMetricsBytes } && entry.Name.TrimStart('.', '/') == MetricsName)
            {
                archive = await WithMetricsAsync(archive, data, cancellationToken);
            }
        }

        return archive;
    }

    private static async Task<ModelArchive> WithMetricsAsync(ModelArchive archive, Stream data, CancellationToken cancellationToken)
    {
        var problem = $"its {MetricsName} does not have the format {FinalMetrics.CurrentFormat}";
        try
        {
            var metrics = await JsonSerializer.DeserializeAsync<FinalMetrics>(data, RunJson.Compact, cancellationToken);
            return metrics is { Format: FinalMetrics.CurrentFormat, Step: >= 0, Metrics: not null, Lineage: not null }
                && LineageEntry.ProblemOf(metrics.Lineage) is null
                    ? archive with { Metrics = metrics }
                    : archive with { Problem = problem };
        }
        catch (JsonException exception)
        {
            return archive with { Problem = exception.Path is { } path ? $"{problem} at {path}" : problem };
        }
    }
}
