using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Training;

namespace BuildPipeline.Reporting;

/// <summary>Two runs side by side: what Compare prints with <c>--output=json</c>, docs/reference/compare.schema.json.</summary>
public sealed record RunComparison
{
    /// <summary>Version of the schema that this program writes.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Version of the schema of this document.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>The two runs, in the order of the command line.</summary>
    public required IReadOnlyList<ComparedRun> Runs { get; init; }

    /// <summary>Final metrics of the two, by name.</summary>
    public required IReadOnlyList<ComparedMetric> Metrics { get; init; }

    /// <summary>Settings that differ, by name.</summary>
    public required IReadOnlyList<ChangedSetting> Changes { get; init; }

    /// <summary>Compares two runs, by their records alone.</summary>
    public static RunComparison From(RunRecord first, RunRecord second) => new()
    {
        Runs = [ComparedRun.From(first), ComparedRun.From(second)],
        Metrics = [.. Pairs(MetricsOf(first), MetricsOf(second)).Select(pair => new ComparedMetric(pair.Name, pair.First, pair.Second))],
        Changes = [.. Pairs(SettingsOf(first), SettingsOf(second)).Where(pair => pair.First != pair.Second).Select(pair => new ChangedSetting(pair.Name, pair.First, pair.Second))],
    };

    private static Dictionary<string, double?> MetricsOf(RunRecord run) =>
        (run.Evidence?.FinalMetrics ?? run.CurrentAttempt?.ServiceMetrics ?? new Dictionary<string, double>()).ToDictionary(metric => metric.Key, metric => (double?)metric.Value);

    // All that a run was started with. Of variables and files only the SHA-256 is recorded; what they set in the job is a setting of its own.
    private static Dictionary<string, string?> SettingsOf(RunRecord run)
    {
        var settings = new
        {
            run.Commit,
            run.UncommittedChanges,
            SourceSha256 = run.Subject?.SourceSha256,
            DataSha256 = run.Subject?.DataSha256,
            PricesSha256 = run.Subject?.PricesSha256,
            run.Terms,
            TerraformVersion = run.Plan?.TerraformVersion,
            Files = run.Plan?.Configuration?.Files,
            Variables = run.Plan?.Configuration?.Variables,
            VariableFiles = run.Plan?.Configuration?.VariableFiles,
            run.Job,
        };
        var flat = new Dictionary<string, string?>();
        Flatten(JsonSerializer.SerializeToNode(settings, RunJson.Compact), "", flat);
        return flat;
    }

    private static void Flatten(JsonNode? node, string name, Dictionary<string, string?> flat)
    {
        if (node is not JsonObject members)
        {
            flat[name] = node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node?.ToJsonString(RunJson.Compact);
            return;
        }

        foreach (var (key, member) in members)
        {
            Flatten(member, name.Length == 0 ? key : $"{name}.{key}", flat);
        }
    }

    private static IEnumerable<(string Name, T? First, T? Second)> Pairs<T>(Dictionary<string, T?> first, Dictionary<string, T?> second) =>
        first.Keys.Union(second.Keys).Order(StringComparer.Ordinal).Select(name => (name, first.GetValueOrDefault(name), second.GetValueOrDefault(name)));
}

/// <summary>A final metric of two runs; null where a run does not have it.</summary>
public sealed record ComparedMetric(string Name, double? First, double? Second);

/// <summary>A setting that differs between two runs; null where a run does not have it.</summary>
/// <param name="Name">Its path in the record, for example <c>job.hyperparameters.seed</c>.</param>
public sealed record ChangedSetting(string Name, string? First, string? Second)
{
    private const int DigestLength = 64;

    /// <summary>A value as people read it: a digest is known by its first digits.</summary>
    internal static string Shown(string value) => value.Length == DigestLength && value.All(char.IsAsciiHexDigitLower) ? Format.Short(value) : value;
}

/// <summary>The figures of one of two runs.</summary>
public sealed record ComparedRun
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Its state.</summary>
    public required RunState State { get; init; }

    /// <summary>The state as people read it.</summary>
    public required string StateText { get; init; }

    /// <summary>The nodes of its newest training job, or of the planned one; null before the plan.</summary>
    public string? Nodes { get; init; }

    /// <summary>Dollars of the training jobs that have ended; null if that of one is unknown.</summary>
    public Usd? SpentUsd { get; init; }

    /// <summary>The most that it may cost, dollars; null if nothing was approved.</summary>
    public Usd? CeilingUsd { get; init; }

    /// <summary>Seconds that its training jobs existed, waiting included.</summary>
    public required double TotalSeconds { get; init; }

    /// <summary>Seconds of that in which they waited for capacity.</summary>
    public required double WaitingSeconds { get; init; }

    /// <summary>Seconds of that in which the program ran.</summary>
    public required double TrainingSeconds { get; init; }

    /// <summary>Seconds that SageMaker billed; null if that of a job is unknown.</summary>
    public int? BillableSeconds { get; init; }

    /// <summary>Training jobs.</summary>
    public required int Attempts { get; init; }

    /// <summary>Interruptions of all of them.</summary>
    public required int Interruptions { get; init; }

    /// <summary>Last training step that is known; null if none is.</summary>
    public int? LastStep { get; init; }

    /// <summary>Complete checkpoints that were kept when the evidence was judged; null before.</summary>
    public int? Checkpoints { get; init; }

    /// <summary>The figures of that run. A job that has not ended counts until its last recorded status.</summary>
    internal static ComparedRun From(RunRecord run)
    {
        var seen = run.Attempts.SelectMany(attempt => attempt.Transitions).Select(transition => transition.EndedAt ?? transition.StartedAt).DefaultIfEmpty(run.StartedAt).Max();
        var split = TimeSplit.Calculate(run, run.EndedAt ?? seen);
        return new()
        {
            RunId = run.RunId,
            StartedAt = run.StartedAt,
            State = run.State,
            StateText = RunStates.InWords(run),
            Nodes = run.Job is null ? null : run.CurrentAttempt is { } attempt ? run.JobOf(attempt).Nodes() : run.Job.Nodes(),
            SpentUsd = RunFigures.Spent(run),
            CeilingUsd = RunFigures.Ceiling(run),
            TotalSeconds = split.Total.TotalSeconds,
            WaitingSeconds = split.Waiting.TotalSeconds,
            TrainingSeconds = split.Training.TotalSeconds,
            BillableSeconds = run.Attempts.Aggregate((int?)0, (sum, known) => sum + known.BillableSeconds),
            Attempts = run.Attempts.Count,
            Interruptions = RunFigures.Interruptions(run),
            LastStep = RunFigures.LastStep(run),
            Checkpoints = run.Evidence?.Checkpoints.Count,
        };
    }
}
