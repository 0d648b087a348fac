using BuildPipeline.Aws;
using BuildPipeline.Cli;
using BuildPipeline.Jobs;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Terraform;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Lets terraform plan, and keeps the plan and what it says of the job.</summary>
public sealed class PlanStage(
    PipelineOptions options, EnvironmentFiles files, LeftoverAdoption infrastructure, RunSession session, IAwsClients clients, JobCheck check, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Plans; a run that has a plan keeps it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var environment = files.Terraform;
        PlanSecrets.RequireNone(environment);
        await console.WorkAsync("check the AWS credentials", () => clients.CheckCredentialsAsync(cancellationToken));
        WarnOfCleared();

        var planFile = session.PathOf(RunFiles.Plan);
        var jsonFile = session.PathOf(RunFiles.PlanJson);
        var call = new TerraformCall(environment, session.PathOf(RunFiles.TerraformLog), cancellationToken);
        var json = await infrastructure.PlanAsync(call, planFile, jsonFile);
        var (plan, job) = TerraformDocuments.ReadPlan(json, planFile, time.GetUtcNow());
        await RequireValidAsync(job, cancellationToken);
        plan = plan with { Configuration = ConfigurationFiles.Read(options.RepositoryRoot, environment.Name, options.VariableFiles, options.Variables) };
        await session.PutFileAsync(RunFiles.Plan, cancellationToken);
        await session.UpdateAsync(
            "plan.saved",
            run => run with { Plan = plan, Job = job, Stage = RunStage.Planned },
            new { plan.PlanSha256, plan.Add, plan.Change, plan.Destroy },
            cancellationToken);
        PlanView.Show(console, plan);
    }

    private void WarnOfCleared()
    {
        var cleared = Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(TerraformEnvironment.IsCleared).Order(StringComparer.Ordinal).ToList();
        if (cleared.Count > 0)
        {
            console.Warn($"Not passed to terraform: {string.Join(", ", cleared)}. Set variables in files or with --var.");
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
                File.Delete(session.PathOf(file));
            }

            throw;
        }
    }
}
