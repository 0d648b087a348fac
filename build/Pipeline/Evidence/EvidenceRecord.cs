using System.Text.Json.Serialization;
using BuildPipeline.Checkpoints;
using BuildPipeline.Training;

namespace BuildPipeline.Evidence;

/// <summary>What the validator found in S3.</summary>
public sealed record EvidenceRecord
{
    /// <summary>One line a check.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Complete checkpoints that are still kept, oldest first.</summary>
    public required IReadOnlyList<CheckpointSummary> Checkpoints { get; init; }

    /// <summary>Interruptions with the resume that followed each, proven from the manifests.</summary>
    public required IReadOnlyList<Interruption> Interruptions { get; init; }

    /// <summary>The lineage that the training ended with; empty if it is not known.</summary>
    public IReadOnlyList<LineageEntry> Lineage { get; init; } = [];

    /// <summary>Final metrics in full precision, from the model archive.</summary>
    public required IReadOnlyDictionary<string, double> FinalMetrics { get; init; }

    /// <summary>Last step of the training; null if it is not known.</summary>
    public int? FinalStep { get; init; }

    /// <summary>The model archive, <c>s3://</c>; null if there is none.</summary>
    public string? ModelArchive { get; init; }

    /// <summary>Size of the model archive, bytes.</summary>
    public long? ModelArchiveBytes { get; init; }

    /// <summary>True if no check failed that could be made.</summary>
    public bool Passed => Findings.All(finding => finding.Passed || !finding.Checked);

    /// <summary>Names of the checks that could not be made.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Unchecked => [.. Findings.Where(finding => !finding.Checked).Select(finding => finding.Check)];
}

/// <summary>One check of the validator.</summary>
/// <param name="Check">Short name, for example <c>model archive</c>.</param>
/// <param name="Passed">Whether it holds.</param>
/// <param name="Detail">One sentence with the evidence, or with what is wrong and what to do.</param>
/// <param name="Checked">False if the check could not be made, so it has neither passed nor failed.</param>
public sealed record Finding(string Check, bool Passed, string Detail, bool Checked = true)
{
    /// <summary>A check that could not be made, and why.</summary>
    public static Finding NotChecked(string check, string why) => new(check, Passed: false, why, Checked: false);
}

/// <summary>A complete checkpoint.</summary>
/// <param name="Bytes">Bytes of all its files.</param>
/// <param name="StallSeconds">Seconds that training paused for it; null if the program does not say.</param>
public sealed record CheckpointSummary(int Step, string ManifestUri, int Files, long Bytes, DateTimeOffset WrittenAt, double? StallSeconds = null);

/// <summary>An interruption of a job.</summary>
/// <param name="At">When the service reported it.</param>
/// <param name="TrainingAgainAt">When training continued; null if it did not.</param>
/// <param name="ResumedFromStep">Step of the checkpoint it resumed from; 0 is from the start; null if no resume is proven.</param>
/// <param name="Cause">Why it happened.</param>
public sealed record Interruption(DateTimeOffset At, DateTimeOffset? TrainingAgainAt, int? ResumedFromStep, InterruptionCause Cause = InterruptionCause.Spot);
