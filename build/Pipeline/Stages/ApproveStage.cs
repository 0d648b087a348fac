using BuildPipeline.Approvals;
using BuildPipeline.Hosting;
using BuildPipeline.Runs;

namespace BuildPipeline.Stages;

/// <summary>Gets the approval of exactly this content, or checks the one that was given.</summary>
public sealed class ApproveStage(PipelineOptions options, RunSession session, SubjectReader subjects, ApprovalDesk desk)
{
    /// <summary>Asks for an approval where the run has none.</summary>
    /// <exception cref="PipelineException">It is missing or void (exit code 4).</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var approval = session.Run.Approval ?? await desk.ApproveAsync(
            session.Run.Subject!, new ApprovalRequestOptions(options.Approve, options.IsSandbox), cancellationToken);
        session.Store.WriteJson(session.Run.RunId, RunFiles.Approval, approval);
        session.Update(
            "approval.given",
            run => run with { Approval = approval, Stage = RunStage.Approved },
            new { approval.Digest, approval.Source, approval.Approver, approval.Subject.Ceiling });
        await VerifyAsync(cancellationToken);
    }

    /// <summary>Refuses where anything that the approval binds has changed since, or its time is over.</summary>
    /// <exception cref="PipelineException">The approval is missing or void (exit code 4).</exception>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var run = session.Run;
        var approval = run.Approval ?? throw new PipelineException(
            ExitCode.NotApproved, $"Run {run.RunId} is not approved; approve it with --target=Approve --run={run.RunId}.");
        desk.Verify(approval, await subjects.ReadAsync(run.Subject!.Job, run.Cost!, cancellationToken));
    }
}
