using BuildPipeline.Approvals;
using BuildPipeline.Runs;

namespace BuildPipeline.Sweeps;

/// <summary>What the approval of a sweep covers, and what it means for a variant's run.</summary>
public static class SweepApprovals
{
    /// <summary>What is put up for approval: every variant as it is priced, and the sum of their ceilings.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="runs">The runs of its variants, in their order; each is priced.</param>
    public static SweepSubject SubjectOf(SweepRecord sweep, IReadOnlyList<RunRecord> runs)
    {
        List<SweepPart> parts = [.. runs.Select(run => new SweepPart(run.RunId, ApprovalDigest.Compute(run.Subject!), run.Subject!.Ceiling))];
        return new SweepSubject
        {
            SweepId = sweep.SweepId,
            Environment = sweep.Environment,
            Variants = parts,
            Ceiling = parts.Aggregate(Usd.Zero, (sum, part) => sum + part.Ceiling),
            ExpiresAt = runs.Min(run => run.Subject!.ExpiresAt),
        };
    }

    /// <summary>The approval of a variant's run, which is that of its sweep.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="run">The run, priced.</param>
    /// <exception cref="PipelineException">The sweep is not approved, was stopped, or its approval does not cover the run as it is (exit code 4).</exception>
    public static ApprovalRecord Of(SweepRecord sweep, IApprovableRun run)
    {
        if (sweep is not { Approval: { } approval, Subject: { } approved })
        {
            throw new PipelineException(ApprovalErrors.Missing, $"Run {run.RunId} is a variant of sweep {sweep.SweepId}, which is not approved. Approve the sweep first.");
        }

        if (sweep.StoppedAt is { } stopped)
        {
            throw new PipelineException(ApprovalErrors.Void, $"Sweep {sweep.SweepId} was stopped at {stopped:u}, so no further variant is started. Start a new sweep.");
        }

        var (subject, digest) = (run.Subject!, ApprovalDigest.Compute(run.Subject!));
        return ApprovalDigest.Compute(approved) == approval.Digest && approved.Variants.Contains(new SweepPart(run.RunId, digest, subject.Ceiling))
            ? approval.Grant.For(digest, subject) with { Sweep = new(sweep.SweepId, approval.Digest, approved.Ceiling) }
            : throw new PipelineException(ApprovalErrors.Void, $"The approval of sweep {sweep.SweepId} does not cover run {run.RunId} as it is priced now. Start a new sweep.");
    }
}
