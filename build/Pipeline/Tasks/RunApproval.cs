using BuildPipeline.Approvals;
using BuildPipeline.Aws;
using BuildPipeline.Costing;
using BuildPipeline.Freezes;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Sweeps;

namespace BuildPipeline.Tasks;

/// <summary>Gets the approval of exactly this content, or checks the one that was given.</summary>
public sealed class RunApproval(PipelineCall call, ApprovalScopeBuilder scope, ApprovalService approvals, BudgetReservation budget, ServiceClock clock, SpendGate gate, SweepStore sweeps)
{
    /// <summary>Asks for an approval where the run has none.</summary>
    /// <exception cref="PipelineException">It is missing or void (exit code 4), or the job is not enabled, does not fit into the team's budget, or spending is frozen (3).</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        RequireEnabled();
        await RequireOpenAsync(cancellationToken);
        if (call.Run.Approval is null)
        {
            await RequireInTimeAsync(cancellationToken);
            RequireSameConfiguration();
            var approval = await approvals.Statements.SignAsync(await ObtainAsync(cancellationToken), call.Run.Plan!.ApprovalKeyArn, cancellationToken);
            await budget.ReserveAsync(cancellationToken);
            ApprovalFiles.Write(call.Session, approval);
            await call.Session.UpdateAsync(
                "approval.given",
                run => run with { Approval = approval, Stage = RunStage.Approved },
                new { approval.Digest, approval.Source, approval.Approver, approval.Subject.Ceiling, approval.Review, approval.Comment },
                cancellationToken);
        }

        await VerifyAsync(cancellationToken);
        ApprovalView.Show(call.Console, call.Run.Approval!);
    }

    /// <summary>Refuses where the approval does not cover what would be done now; reserves anew what was given back meanwhile.</summary>
    /// <remarks>
    /// Until the first submission, everything that the approval binds is read again, and its time must not be over. What is submitted
    /// later is what was approved and uploaded, whatever the working copy holds by then.
    /// </remarks>
    /// <param name="isFollowed">True if the run has a job that runs on where this refuses.</param>
    /// <exception cref="PipelineException">The approval is missing or void (exit code 4), or the team's budget is used up or spending is frozen (3).</exception>
    public async Task VerifyAsync(CancellationToken cancellationToken, bool isFollowed = false)
    {
        RequireEnabled();
        await RequireOpenAsync(cancellationToken, isFollowed);
        var run = call.Run;
        var approval = approvals.Given(run);
        await approvals.Statements.RequireAsync(run, approval, run.Plan?.ApprovalKeyArn, cancellationToken);
        if (run.HasSubmitted)
        {
            ApprovalService.Verify(approval, approval.Subject);
        }
        else
        {
            await RequireInTimeAsync(cancellationToken);
            RequireSameConfiguration();
            var content = await scope.ReadContentAsync(run.Subject!.Job, cancellationToken);
            ApprovalService.Verify(approval, await scope.ReadAsync(run.Subject.Job, run.Cost!, content, cancellationToken));
            if (run.Sweep is not null)
            {
                // Somebody may have stopped it since.
                _ = await ObtainAsync(cancellationToken);
            }
        }

        await budget.ReserveAsync(cancellationToken);
    }

    private async Task<ApprovalRecord> ObtainAsync(CancellationToken cancellationToken) => call.Run.Sweep is { } sweep
        ? SweepApprovals.Of(await sweeps.ReadAsync(sweep, cancellationToken), call.Run)
        : await approvals.ApproveAsync(
            call.Run.Subject!,
            new ApprovalRequestOptions(call.Options.Approve, call.Run.Plan!.AllowsSelfApproval(call.Run.Subject!.Ceiling), call.Options.GitHubRepository, call.Options.GitHubIssue),
            RequireInTimeAsync,
            cancellationToken);

    // By the service's clock, and once for all: a clock that goes back brings no approval back.
    private async Task<DateTimeOffset> RequireInTimeAsync(CancellationToken cancellationToken)
    {
        var now = await clock.NowAsync(cancellationToken);
        if (ApprovalService.ExpirySeen(call.Run, now) is { } seen && call.Run.ApprovalExpiredAt is null && !await IsOfStartedSweepAsync(cancellationToken))
        {
            await call.Session.UpdateAsync("approval.expired", run => run with { ApprovalExpiredAt = seen }, new { call.Run.Subject!.ExpiresAt }, cancellationToken);
        }

        ApprovalService.RequireInTime(call.Run);
        return now;
    }

    // Expiry limits the first submission, and the jobs of a sweep are those of one approval.
    private async Task<bool> IsOfStartedSweepAsync(CancellationToken cancellationToken) =>
        call.Run.Sweep is { } sweep && (await sweeps.ReadAsync(sweep, cancellationToken)).StartedAt is not null;

    private void RequireSameConfiguration()
    {
        if (call.Run.Plan!.Configuration is { } planned && scope.ReadConfiguration() is { } now)
        {
            ApprovalService.RequireSame(call.Run.RunId, planned.FilesChangedIn(now));
        }
    }

    // Nobody is asked to approve what would be refused next. An approval alone spends nothing.
    private Task RequireOpenAsync(CancellationToken cancellationToken, bool isFollowed = false) =>
        call.Options.Target == "Approve" ? Task.CompletedTask : gate.RequireOpenAsync(call.Run.Job!.Team, call.Run.RunId, cancellationToken, isFollowed);

    // Infrastructure may be approved and applied without a job; a launch may not.
    private void RequireEnabled()
    {
        if (call.Options.Target == "Launch" && !call.Run.Subject!.Job.Enabled)
        {
            throw new PipelineException(
                CostingErrors.LaunchDisabled, "enable_training_job is false, so nothing is launched. Set it to true in the environment's tfvars, or with --var=enable_training_job=true.");
        }
    }
}
