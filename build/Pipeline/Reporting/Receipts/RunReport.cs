using BuildPipeline.JobLogs;
using BuildPipeline.Runs;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>The data of a receipt: what <c>report.html</c> holds as JSON, docs/reference/report.schema.json.</summary>
public sealed record RunReport
{
    /// <summary>Version of the schema that this program writes.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Version of the schema of this document.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>When it was written. Where something had not ended, it is counted until then.</summary>
    public required DateTimeOffset WrittenAt { get; init; }

    /// <summary>Outcome, dollars of approved, on time or not, what to do.</summary>
    public required string Sentence { get; init; }

    /// <summary>The command that continues the run; null if there is none.</summary>
    public string? Next { get; init; }

    /// <summary>The command that checks the signed approval; null if it is not signed.</summary>
    public string? Verify { get; init; }

    /// <summary>The dollars.</summary>
    public required MoneyFigures Money { get; init; }

    /// <summary>Curves of the loss; null if no job has logged any.</summary>
    public LossCurves? Loss { get; init; }

    /// <summary>The previous run of the same job beside this one; null if there is none, or this one has not ended.</summary>
    public RunComparison? Comparison { get; init; }

    /// <summary>The whole record; null if it is too large to be in the page.</summary>
    public RunRecord? Run { get; init; }

    /// <summary>The data of a receipt.</summary>
    /// <param name="run">The run.</param>
    /// <param name="metrics">What its jobs have logged.</param>
    /// <param name="previous">The previous run of the same job; null if there is none.</param>
    /// <param name="next">The command that continues the run; null if there is none.</param>
    /// <param name="verify">The command that checks its signed approval; null if it is not signed.</param>
    /// <param name="now">The time.</param>
    public static RunReport Create(RunRecord run, IReadOnlyList<MetricPoint> metrics, RunRecord? previous, string? next, string? verify, DateTimeOffset now) => new()
    {
        WrittenAt = now,
        Sentence = Verdict.Sentence(run, now).ToString(),
        Next = next,
        Verify = verify,
        Money = MoneyFigures.Calculate(run),
        Loss = LossCurves.Calculate(run, metrics),
        Comparison = previous is null ? null : RunComparison.From(previous, run),
        Run = run,
    };
}
