using BuildPipeline.Approvals;
using BuildPipeline.Hosting;
using BuildPipeline.Runs;

namespace BuildPipeline.Stages;

/// <summary>Gets the approval of exactly this content, or checks the one that was given.</summary>
public sealed class ApproveStage(PipelineOptions options, RunSession session, SubjectReader subjects, ApprovalDesk desk, BudgetStage budget, CommandHints hints)
{
    /// <summary>Asks for an approval where the run has none.</summary>
    /// <exception cref="PipelineException">It is missing or void (exit code 4), or the job is not enabled or does not fit into the team's budget (3).</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        RequireEnabled();
        var approval = session.Run.Approval ?? await desk.ApproveAsync(
            session.Run.Subject!, new ApprovalRequestOptions(options.Approve, options.IsSandbox), cancellationToken);
        await budget.ReserveAsync(cancellationToken);
        session.Store.WriteJson(session.Run.RunId, RunFiles.Approval, approval);
        session.Update(
            "approval.given",
            run => run with { Approval = approval, Stage = RunStage.Approved },
            new { approval.Digest, approval.Source, approval.Approver, approval.Subject.Ceiling });
        await VerifyAsync(cancellationToken);
    }

    /// <summary>Refuses where anything that the approval binds has changed since, or its time is over; reserves anew what was given back meanwhile.</summary>
    /// <exception cref="PipelineException">The approval is missing or void (exit code 4), or the team's budget is used up (3).</exception>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        RequireEnabled();
        var run = session.Run;
        var approval = run.Approval ?? throw new PipelineException(
            ExitCode.NotApproved, $"Run {run.RunId} is not approved. Approve it with:\n  {hints.For("Approve", $"--run={run.RunId}")}");
        desk.Verify(approval, await subjects.ReadAsync(run.Subject!.Job, run.Cost!, cancellationToken));
        await budget.ReserveAsync(cancellationToken);
    }

    // Infrastructure may be approved and applied without a job; a launch may not.
    private void RequireEnabled()
    {
        if (options.Target == "Launch" && !session.Run.Subject!.Job.Enabled)
        {
            throw new PipelineException(
                ExitCode.Refused, "Nothing is launched while enable_training_job is false; set it to true in the environment's tfvars, or with --var=enable_training_job=true.");
        }
    }
}
