using System.Text.Json;
using BuildPipeline.Approvals;
using BuildPipeline.History;
using BuildPipeline.Runs;
using BuildPipeline.Sweeps;

namespace BuildPipeline.Reporting;

/// <summary>What Status prints of a sweep with <c>--output=json</c>: docs/reference/sweep.schema.json.</summary>
public sealed record SweepDocument
{
    /// <summary>Version of the schema that this program writes.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Version of the schema of this document.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>The sweep.</summary>
    public required string SweepId { get; init; }

    /// <summary>The Terraform environment.</summary>
    public required string Environment { get; init; }

    /// <summary>Name of the job's file, <c>infra/jobs/NAME.tfvars</c>; null is the job of the environment's own file.</summary>
    public string? JobFile { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Digest of what is put up for approval; null until every variant is priced.</summary>
    public string? Digest { get; init; }

    /// <summary>The most that its variants may cost together, dollars; null until every variant is priced.</summary>
    public Usd? CeilingUsd { get; init; }

    /// <summary>Dollars of the training jobs that have ended, as far as they are known.</summary>
    public required Usd SpentUsd { get; init; }

    /// <summary>Who approved it; null if nobody did.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>How that is known; null if nobody approved it.</summary>
    public ApprovalSource? ApprovedThrough { get; init; }

    /// <summary>When somebody stopped it; null if nobody did.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>When every variant was seen to have ended; null before.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>The command that continues the sweep; null if there is none.</summary>
    public string? Next { get; init; }

    /// <summary>Its variants, in the order of the file.</summary>
    public required IReadOnlyList<SweepDocumentVariant> Variants { get; init; }

    /// <summary>The document of a sweep.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="runs">The runs of its variants, in their order; null for one that has not started.</param>
    /// <param name="resume">The command that continues it.</param>
    public static SweepDocument From(SweepRecord sweep, IReadOnlyList<RunRecord?> runs, string resume)
    {
        List<SweepDocumentVariant> variants = [.. sweep.Variants.Zip(runs, SweepDocumentVariant.From)];
        return new()
        {
            SweepId = sweep.SweepId,
            Environment = sweep.Environment,
            JobFile = sweep.JobFile,
            CreatedAt = sweep.CreatedAt,
            Digest = sweep.Subject is { } subject ? ApprovalDigest.Compute(subject) : null,
            CeilingUsd = sweep.Subject?.Ceiling,
            SpentUsd = variants.Aggregate(Usd.Zero, (sum, variant) => sum + (variant.Run?.SpentUsd ?? Usd.Zero)),
            ApprovedBy = sweep.Approval?.Grant.Approver,
            ApprovedThrough = sweep.Approval?.Grant.Source,
            StoppedAt = sweep.StoppedAt,
            ClosedAt = sweep.ClosedAt,
            Next = sweep.Approval is not null && sweep.ClosedAt is null ? resume : null,
            Variants = variants,
        };
    }
}

/// <summary>A variant of a sweep.</summary>
public sealed record SweepDocumentVariant
{
    /// <summary>1 for the first of the file.</summary>
    public required int Number { get; init; }

    /// <summary>Its values, by the name of a variable, or of an entry of a map as <c>VARIABLE.KEY</c>.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Values { get; init; }

    /// <summary>Its run.</summary>
    public required string RunId { get; init; }

    /// <summary>Its run, as History lists it; null if it has not started.</summary>
    public HistoryEntry? Run { get; init; }

    /// <summary>The metric that its run is judged by; null if it has none.</summary>
    public string? Metric { get; init; }

    /// <summary>Last value of that metric; null before it is known.</summary>
    public double? MetricValue { get; init; }

    internal static SweepDocumentVariant From(SweepVariant variant, RunRecord? run) => new()
    {
        Number = variant.Number,
        Values = variant.Values,
        RunId = variant.RunId,
        Run = run is null ? null : HistoryEntry.From(run, null),
        Metric = run?.Job?.FinalMetric?.Name,
        MetricValue = run?.Job?.FinalMetric is { } metric && run.Evidence?.FinalMetrics.TryGetValue(metric.Name, out var value) == true ? value : null,
    };
}
