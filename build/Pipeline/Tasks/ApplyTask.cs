using BuildPipeline.Approvals;
using BuildPipeline.Jobs;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Terraform;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Applies exactly the saved plan that was approved.</summary>
[TaskName("Apply")]
[TaskDescription("Applies exactly the saved plan that was approved.")]
[IsDependentOn(typeof(ApproveTask))]
public sealed class ApplyTask(
    PipelineCall call, EnvironmentFiles files, TerraformStack stack, RunApproval approval, RunHold hold, PlanRenewal renewal, SpendCheck check)
    : StepTask(RunStep.Apply, call.Session)
{
    /// <summary>Applies, and takes over the job as the outputs describe it.</summary>
    /// <exception cref="PipelineException">The approval or the plan is void (4), an apply of the plan did not finish (2), spending is frozen (3), another process has the environment, jobs of other runs use what changes or the credentials end too soon (75), terraform fails (1), or an output is not what was approved (4).</exception>
    protected override async Task TakeAsync(CancellationToken cancellationToken)
    {
        await using var turn = await hold.TakeEnvironmentAsync(cancellationToken);
        var environment = files.Terraform;
        if (call.Session.PathOf(RunFiles.ProviderLock) is var locked && File.Exists(locked))
        {
            Directory.CreateDirectory(environment.WorkingFolder);
            File.Copy(locked, environment.LockFile, overwrite: true);
        }

        await renewal.RequireApplicableAsync(cancellationToken);
        await approval.VerifyAsync(cancellationToken);
        await turn.EnsureHeldAsync(cancellationToken);
        await check.RequireAsync(cancellationToken);
        if (call.Run is { Sweep: not null, Plan.ChangesNothing: true })
        {
            // The variants of a sweep share the infrastructure: the first of them applies it, and the others find it as they planned it.
            await call.Session.UpdateAsync("apply.skipped", run => run with { Stage = RunStage.Applied }, null, cancellationToken);
            call.Console.Done("Nothing to apply: the infrastructure is as planned.");
            return;
        }

        await call.Session.UpdateAsync("apply.started", run => run with { ApplyStartedAt = call.Time.GetUtcNow() }, null, cancellationToken);
        var outputs = await call.Console.RunWithStatusAsync("terraform apply", () => stack.ApplyAsync(
            new TerraformCall(environment, call.Session.PathOf(RunFiles.TerraformLog), cancellationToken), call.Session.PathOf(RunFiles.Plan)));
        var job = TerraformDocuments.ReadJob(outputs);
        if (JobComparison.FirstDifference(call.Run.Subject!.Job, job) is { } member)
        {
            throw new PipelineException(
                ApprovalErrors.JobDiffers, $"After apply, training_job.{member} differs from what was approved. Nothing was submitted. Start a new run.");
        }

        await call.Session.UpdateAsync("apply.done", run => run with { Job = job, Stage = RunStage.Applied }, null, CancellationToken.None);
        var plan = call.Run.Plan!;
        call.Console.Done($"Applied: {plan.Add} added, {plan.Change} changed, {plan.Destroy} destroyed.");
        PlanView.ShowUnconfirmed(call.Console, plan);
    }
}
