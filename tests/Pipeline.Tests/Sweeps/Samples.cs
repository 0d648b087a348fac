using System.Text.Json;
using BuildPipeline.Approvals;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Sweeps;

namespace BuildPipeline.Pipeline.Tests.Sweeps;

/// <summary>Sweeps to test with.</summary>
internal static class Samples
{
    /// <summary>A priced sweep.</summary>
    public static SweepRecord Sweep(int variants)
    {
        var sweep = new SweepRecord
        {
            SweepId = "sweep-20260131-120000-1a2b",
            Environment = "sandbox",
            CreatedAt = Sample.Noon,
            ContentSha256 = new('c', 64),
            Variants =
            [
                .. Enumerable.Range(1, variants).Select(number => new SweepVariant(
                    number, $"20260131-120000-{number:x4}", new Dictionary<string, JsonElement> { ["hyperparameters.seed"] = JsonSerializer.SerializeToElement(number) }, [])),
            ],
        };
        return sweep with { Subject = SweepApprovals.SubjectOf(sweep, [.. sweep.Variants.Select(variant => RunOf(variant.RunId))]) };
    }

    /// <summary>An approved sweep.</summary>
    public static SweepRecord Approved(int variants) =>
        Sweep(variants) is var sweep ? sweep with { Approval = new(ApprovalDigest.Compute(sweep.Subject!), new(ApprovalSource.Option, "ada", Sample.Noon)) } : null!;

    /// <summary>The run of a variant, priced.</summary>
    public static RunRecord RunOf(string runId) => new()
    {
        RunId = runId,
        Environment = "sandbox",
        StartedAt = Sample.Noon,
        Stage = RunStage.Priced,
        Job = TestRuns.Job,
        Subject = Sample.Subject with { RunId = runId },
    };
}
