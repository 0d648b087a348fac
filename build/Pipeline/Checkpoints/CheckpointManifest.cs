using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace BuildPipeline.Checkpoints;

/// <summary>The document that makes a checkpoint complete: <c>manifest.json</c>, written last.</summary>
public sealed record CheckpointManifest
{
    /// <summary>The format that is read here.</summary>
    public const string CurrentFormat = "checkpoint-manifest/1";

    /// <summary>Format of this document.</summary>
    public required string Format { get; init; }

    /// <summary>Name of the training job that wrote it.</summary>
    public required string Job { get; init; }

    /// <summary>Fingerprint of the model's shape.</summary>
    public string? Model { get; init; }

    /// <summary>The step that is saved.</summary>
    public required int Step { get; init; }

    /// <summary>Last step of the whole training.</summary>
    public int? TotalSteps { get; init; }

    /// <summary>Processes that train together.</summary>
    public required int WorldSize { get; init; }

    /// <summary>GPUs of all nodes together, each of which is to have a process; null if the program does not say.</summary>
    public int? Gpus { get; init; }

    /// <summary>When it was written, by the node's clock.</summary>
    public required DateTimeOffset WrittenAt { get; init; }

    /// <summary>Seconds that the training paused for it.</summary>
    public double? StallSeconds { get; init; }

    /// <summary>Seconds between checkpoints that the program kept to.</summary>
    public double? CheckpointIntervalSeconds { get; init; }

    /// <summary>The files that belong to it.</summary>
    public required IReadOnlyList<CheckpointFile> Files { get; init; }

    /// <summary>Metrics at that step.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Every start and resume that led here, oldest first.</summary>
    public required IReadOnlyList<LineageEntry> Lineage { get; init; }

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Files.Sum(file => file.Size);

    /// <summary>Seconds that training ran, by what the manifests say, in all starts up to this checkpoint: a lower bound.</summary>
    public double RanSeconds() =>
        Lineage.Sum(entry => Math.Max(0, entry.FromRanSeconds ?? 0)) + Math.Max(0, (WrittenAt - Lineage[^1].StartedAt).TotalSeconds);

    /// <summary>Reads a manifest of unknown origin.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="manifest">The manifest, where it can be read.</param>
    /// <param name="problem">What is wrong with it, where it cannot.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out CheckpointManifest? manifest, [NotNullWhen(false)] out string? problem)
    {
        manifest = null;
        try
        {
            var parsed = JsonSerializer.Deserialize<CheckpointManifest>(json, RunJson.Compact);
            problem = parsed is null ? "it is empty" : ProblemOf(parsed);
            manifest = problem is null ? parsed : null;
        }
        catch (JsonException exception)
        {
            problem = exception.Path is { } path ? $"it is not the expected JSON at {path}" : "it is not the expected JSON";
        }

        return manifest is not null;
    }

    private static string? ProblemOf(CheckpointManifest manifest) => manifest switch
    {
        { Format: not CurrentFormat } => $"its format is not {CurrentFormat}",
        { Job: null } or { Files: null } or { Lineage: null } or { Metrics: null } => "a member is null",
        { Step: < 0 } => "its step is negative",
        { WorldSize: < 1 } => "its world size is below 1",
        { Files.Count: 0 } => "it lists no files",
        _ when manifest.Files.Any(file => !IsValid(file)) => "one of its files has an invalid path, size or SHA-256",
        _ when manifest.Files.DistinctBy(file => file.Path).Count() < manifest.Files.Count => "it lists a file twice",
        _ => LineageEntry.ProblemOf(manifest.Lineage),
    };

    private static bool IsValid(CheckpointFile? file) =>
        file is { Size: >= 0, Rank: >= 0, Path: { Length: > 0 } path }
        && !path.Split('/').Any(part => part is "" or "." or "..")
        && LineageEntry.IsSha256(file.Sha256);
}

/// <summary>A file of a checkpoint.</summary>
/// <param name="Path">Relative to the checkpoint's folder.</param>
/// <param name="Rank">The process that wrote it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">SHA-256 of its bytes, hex.</param>
public sealed record CheckpointFile(string Path, int Rank, long Size, string Sha256);

/// <summary>One start of the training program, from nothing or from a checkpoint.</summary>
/// <param name="Attempt">1 for the first.</param>
/// <param name="FromStep">Step of the checkpoint it started from; 0 is from nothing.</param>
/// <param name="FromManifestSha256">SHA-256 of the bytes of the manifest it started from, hex; null is from nothing.</param>
/// <param name="StartedAt">When, by the node's clock.</param>
/// <param name="FromRanSeconds">Seconds from the start before to the writing of the manifest it started from; null if the program does not say.</param>
public sealed record LineageEntry(int Attempt, int FromStep, string? FromManifestSha256, DateTimeOffset StartedAt, double? FromRanSeconds = null)
{
    /// <summary>What is wrong with a lineage; null if nothing is.</summary>
    public static string? ProblemOf(IReadOnlyList<LineageEntry?> lineage)
    {
        for (var index = 0; index < lineage.Count; index++)
        {
            if (lineage[index] is not { } entry || entry.Attempt != index + 1 || entry.FromStep < 0)
            {
                return $"entry {index + 1} of its lineage does not belong to attempt {index + 1}";
            }

            if (index == 0 ? entry is not { FromStep: 0, FromManifestSha256: null } : !IsSha256(entry.FromManifestSha256))
            {
                return $"entry {index + 1} of its lineage does not say what it resumed from";
            }
        }

        return lineage.Count == 0 ? "its lineage is empty" : null;
    }

    internal static bool IsSha256(string? hex) => hex is { Length: 64 } && hex.All(char.IsAsciiHexDigit);
}
