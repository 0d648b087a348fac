using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildPipeline.Worker.Checkpoints;

/// <summary>
/// manifest.json of a checkpoint (docs/checkpoints.md). Written last: while it is absent, or names a file that is not there
/// with its size and hash, the checkpoint does not exist.
/// </summary>
/// <param name="Format">Always <see cref="CurrentFormat"/>.</param>
/// <param name="Job">The training job's name.</param>
/// <param name="Model">All that decides the course of training, as text; a run resumes only from its own model.</param>
/// <param name="Step">Optimizer steps that were done.</param>
/// <param name="TotalSteps">Optimizer steps of the whole run.</param>
/// <param name="WorldSize">How many nodes wrote it.</param>
/// <param name="WrittenAt">When, in UTC.</param>
/// <param name="StallSeconds">Seconds that training paused for this save, up to the writing of the manifest.</param>
/// <param name="Files">Every file, in order of rank.</param>
/// <param name="DataPosition">Where the next step's data start.</param>
/// <param name="Rng">State of random numbers, to resume from.</param>
/// <param name="Metrics">Values of the last step, at full precision.</param>
/// <param name="Lineage">Every start of the run that led here, oldest first.</param>
/// <param name="CheckpointIntervalSeconds">Seconds between checkpoints that were kept to; null if only steps count.</param>
internal sealed record CheckpointManifest(
    string Format, string Job, string Model, int Step, int TotalSteps, int WorldSize, DateTime WrittenAt, double StallSeconds,
    IReadOnlyList<CheckpointFile> Files, DataPosition DataPosition, RandomState Rng,
    IReadOnlyDictionary<string, double> Metrics, IReadOnlyList<LineageEntry> Lineage,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? CheckpointIntervalSeconds = null)
{
    public const string CurrentFormat = "checkpoint-manifest/1";
    public const string FileName = "manifest.json";

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, WorkerJson.Default.CheckpointManifest);

    /// <exception cref="JsonException">The bytes are not a manifest of this format.</exception>
    public static CheckpointManifest FromJson(ReadOnlySpan<byte> json)
    {
        var manifest = JsonSerializer.Deserialize(json, WorkerJson.Default.CheckpointManifest)
            ?? throw new JsonException("the file holds null");
        return manifest.Format == CurrentFormat
            ? manifest
            : throw new JsonException($"its format is '{manifest.Format}', not '{CurrentFormat}'");
    }
}

/// <summary>One file of a checkpoint.</summary>
/// <param name="Path">Its name within the checkpoint's folder.</param>
/// <param name="Rank">Which node wrote it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
internal sealed record CheckpointFile(string Path, int Rank, long Size, string Sha256);

/// <summary>Where the next step's data start.</summary>
/// <param name="Epoch">Complete passes over the examples.</param>
/// <param name="Offset">Examples of the current pass that were used.</param>
internal sealed record DataPosition(long Epoch, long Offset);

/// <summary>The order of the data is a function of the seed and the position, so there is no generator's state to keep.</summary>
internal sealed record RandomState(string Kind, int Seed);

/// <summary>One start of the run.</summary>
/// <param name="Attempt">Counted from 1.</param>
/// <param name="FromStep">The step it continued from, 0 for a fresh start.</param>
/// <param name="FromManifestSha256">Hash of the bytes of the manifest that it resumed from; null for a fresh start.</param>
/// <param name="StartedAt">When training started, in UTC.</param>
/// <param name="FromRanSeconds">Seconds from the start before to the writing of the manifest; null for a fresh start.</param>
internal sealed record LineageEntry(
    int Attempt, int FromStep, string? FromManifestSha256, DateTime StartedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? FromRanSeconds = null);

/// <summary>metrics.json of the model archive.</summary>
internal sealed record FinalMetrics(string Format, int Step, IReadOnlyDictionary<string, double> Metrics, IReadOnlyList<LineageEntry> Lineage)
{
    public const string CurrentFormat = "final-metrics/1";
}

/// <summary>vocabulary.json of the model archive: token i stands for byte <c>Bytes[i]</c>.</summary>
internal sealed record ModelVocabulary(string Format, int Context, int EmbeddingSize, int HiddenSize, IReadOnlyList<int> Bytes)
{
    public const string CurrentFormat = "byte-vocabulary/1";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CheckpointManifest))]
[JsonSerializable(typeof(FinalMetrics))]
[JsonSerializable(typeof(ModelVocabulary))]
internal sealed partial class WorkerJson : JsonSerializerContext;
