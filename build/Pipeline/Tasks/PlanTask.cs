using BuildPipeline.Aws;
using BuildPipeline.Freezes;
using BuildPipeline.Jobs;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Terraform;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Runs terraform plan and saves the plan.</summary>
[TaskName("Plan")]
[TaskDescription("Runs terraform plan and saves the plan.")]
public sealed class PlanTask(
    PipelineCall call, EnvironmentFiles files, LeftoverAdoption infrastructure, IAwsClients clients, JobCheck check, RunHold hold, FreezeNotice freezes)
    : StepTask(RunStep.Plan, call.Session)
{
    /// <summary>Plans; a run that has a plan keeps it.</summary>
    protected override async Task TakeAsync(CancellationToken cancellationToken)
    {
        var environment = files.Terraform;
        PlanSecrets.RequireNone(environment);
        await call.Console.RunWithStatusAsync("check the AWS credentials", () => clients.CheckCredentialsAsync(cancellationToken));
        WarnOfCleared();

        var planFile = call.Session.PathOf(RunFiles.Plan);
        var jsonFile = call.Session.PathOf(RunFiles.PlanJson);
        var terraform = new TerraformCall(environment, call.Session.PathOf(RunFiles.TerraformLog), cancellationToken) { LocksState = call.Options.Target is not ("Plan" or "CostGate") };
        var json = await PlanAsync(terraform, planFile, jsonFile);
        var (plan, job) = TerraformDocuments.ReadPlan(json, planFile, call.Time.GetUtcNow());
        await RequireValidAsync(job, cancellationToken);
        plan = plan with
        {
            Configuration = ConfigurationFiles.Read(call.Options.RepositoryRoot, environment.Name, environment.Job, call.Options.VariableFiles, call.Options.Variables) with { Lock = ProviderLock.Read(environment.LockFile) },
        };
        await call.Session.PutFileAsync(RunFiles.Plan, cancellationToken);
        if (plan.Configuration.Lock is not null)
        {
            // Terraform applies a plan only with the provider versions that it was made with, on whatever machine.
            File.Copy(environment.LockFile, call.Session.PathOf(RunFiles.ProviderLock), overwrite: true);
            await call.Session.PutFileAsync(RunFiles.ProviderLock, cancellationToken);
        }

        await call.Session.UpdateAsync(
            "plan.saved",
            run => run with { Plan = plan, Job = job, Stage = RunStage.Planned },
            new { plan.PlanSha256, plan.Add, plan.Change, plan.Destroy },
            cancellationToken);
        PlanView.Show(call.Console, plan);
        if (await freezes.ReadAsync(job.Team, cancellationToken) is { } frozen)
        {
            call.Console.Warn(frozen);
        }
    }

    private async Task<string> PlanAsync(TerraformCall terraform, string planFile, string jsonFile)
    {
        await using var turn = await hold.TakeEnvironmentAsync(terraform.Cancellation);
        return await infrastructure.PlanAsync(terraform, planFile, jsonFile);
    }

    private void WarnOfCleared()
    {
        var cleared = Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(TerraformEnvironment.IsCleared).Order(StringComparer.Ordinal).ToList();
        if (cleared.Count > 0)
        {
            call.Console.Warn($"Not passed to terraform: {string.Join(", ", cleared)}. Set variables in files or with --var.");
        }
    }

    // The files of a refused plan may hold a secret, so they do not stay.
    private async Task RequireValidAsync(TrainingJobSpec job, CancellationToken cancellationToken)
    {
        try
        {
            await check.RequireValidAsync(job, cancellationToken);
        }
        catch (PipelineException)
        {
            foreach (var file in new[] { RunFiles.Plan, RunFiles.PlanJson, RunFiles.TerraformLog })
            {
                File.Delete(call.Session.PathOf(file));
            }

            throw;
        }
    }
}
