using BuildPipeline.Aws;
using BuildPipeline.Hosting;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terraform;
using Spectre.Console;

namespace BuildPipeline.Stages;

/// <summary>Lets terraform plan, and keeps the plan and what it says of the job.</summary>
public sealed class PlanStage(
    PipelineOptions options, EnvironmentAccess access, TerraformStack stack, RunSession session, IAwsClients clients, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Plans; a run that has a plan keeps it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var environment = access.Terraform;
        await clients.CheckCredentialsAsync(cancellationToken);
        if (environment.HasStrayVariables)
        {
            console.Warn("infra/terraform.tfvars is there, and terraform reads it for every environment; what the environment's own file does not set comes from it.");
        }

        var planFile = session.PathOf(RunFiles.Plan);
        var json = await console.WorkAsync("terraform plan", () => stack.PlanAsync(
            environment, planFile, session.PathOf(RunFiles.PlanJson), session.PathOf(RunFiles.TerraformLog)));
        var (plan, job) = TerraformDocuments.ReadPlan(json, planFile, time.GetUtcNow());
        await access.RequireImageAsync(job.TrainingImageUri, cancellationToken);
        plan = plan with { Configuration = ConfigurationFiles.Read(options.RepositoryRoot, environment.Name, options.VariableFiles, options.Variables) };
        session.Update(
            "plan.saved",
            run => run with { Plan = plan, Job = job, Stage = RunStage.Planned },
            new { plan.PlanSha256, plan.Add, plan.Change, plan.Destroy });
        PlanView.Show(console, plan);
    }
}
