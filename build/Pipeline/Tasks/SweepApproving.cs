using BuildPipeline.Approvals;
using BuildPipeline.Aws;
using BuildPipeline.Freezes;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Sweeps;

namespace BuildPipeline.Tasks;

/// <summary>Gets one approval for all variants of a sweep.</summary>
public sealed class SweepApproving(PipelineCall call, SweepStore store, RunReader reader, ApprovalService approvals, ServiceClock clock, SpendGate gate)
{
    /// <summary>Asks for an approval where the sweep has none. What the variants' runs take of it is checked again before each submits.</summary>
    /// <exception cref="PipelineException">It is not given or expired (exit code 4), or spending is frozen (3).</exception>
    public async Task<SweepRecord> RunAsync(SweepRecord sweep, CancellationToken cancellationToken)
    {
        var first = (await reader.ReadAsync(sweep.Variants[0].RunId, cancellationToken))!.Record;
        if (sweep.Approval is null)
        {
            // As of a run, an approval alone spends nothing.
            await (call.Options.Target == "Approve" ? Task.CompletedTask : gate.RequireOpenAsync(first.Job!.Team, sweep.SweepId, cancellationToken));
            var (subject, digest) = (sweep.Subject!, ApprovalDigest.Compute(sweep.Subject!));
            var grant = await approvals.AskAsync(
                new($"Sweep {sweep.SweepId}", sweep.SweepId, digest, subject.Ceiling, subject.ExpiresAt),
                new ApprovalRequestOptions(call.Options.Approve, first.Plan!.AllowsSelfApproval(subject.Ceiling)),
                token => InTimeAsync(subject, token),
                cancellationToken);
            sweep = await store.ChangeAsync(sweep.SweepId, known => known.Approval is null && known.Subject is not null && ApprovalDigest.Compute(known.Subject) == digest ? known with { Approval = new(digest, grant) } : known, cancellationToken);
        }

        ApprovalView.Show(call.Console, sweep);
        return sweep;
    }

    private async Task<DateTimeOffset> InTimeAsync(SweepSubject subject, CancellationToken cancellationToken)
    {
        var now = await clock.NowAsync(cancellationToken);
        return now <= subject.ExpiresAt ? now : throw new PipelineException(
            ApprovalErrors.Expired, $"The time to approve sweep {subject.SweepId} ended at {subject.ExpiresAt:u}. Start a new sweep.");
    }
}
