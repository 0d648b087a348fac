using BuildPipeline.Aws;
using BuildPipeline.Budgets;
using BuildPipeline.Hosting;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terraform;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Stages;

/// <summary>Takes down what apply has built: running jobs first, then the infrastructure, the artifacts only when their bucket is named.</summary>
public sealed class CleanupStage(
    PipelineOptions options,
    EnvironmentAccess access,
    TerraformStack stack,
    RunSession session,
    Lazy<JobStopper> jobs,
    Lazy<BucketContents> contents,
    IAnsiConsole console)
{
    // It knows nothing of the other modules, so they can go while the artifacts stay.
    private const string StorageModule = "module.storage";

    /// <summary>Cleans up, and says what is left.</summary>
    /// <exception cref="PipelineException">The bucket to purge is not this environment's (2), or something could not be removed (1).</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var environment = access.Terraform;
        var log = Path.Combine(session.Store.RunsFolder, $"{options.Environment}.cleanup.log");
        var applied = TerraformDocuments.ReadApplied(await console.WorkAsync("terraform output", () => stack.OutputsAsync(environment, log)));
        if (options.PurgeArtifacts is { } named && named != applied?.ArtifactBucket)
        {
            throw new PipelineException(
                ExitCode.BadConfiguration, $"--purge-artifacts={named} does not name this environment's bucket{(applied is null ? "; nothing is applied here" : $", which is {applied.ArtifactBucket}")}.");
        }

        if (applied is null)
        {
            console.Done($"Environment {options.Environment} has no infrastructure.");
        }
        else
        {
            await StopJobsAsync(applied, cancellationToken);
            await DestroyAsync(environment, applied, log, cancellationToken);
        }

        await ReportLeftAsync(environment, log, cancellationToken);
    }

    private async Task StopJobsAsync(AppliedStack applied, CancellationToken cancellationToken)
    {
        var running = await jobs.Value.ListRunningAsync(applied.JobName, cancellationToken);
        foreach (var job in running)
        {
            await jobs.Value.StopAsync(job.Name, cancellationToken);
            await console.WorkAsync($"stop {job.Name}", () => jobs.Value.WaitUntilEndedAsync(job.Name, cancellationToken));
            console.Done($"Stopped {job.Name}.");
        }
    }

    private async Task DestroyAsync(TerraformEnvironment environment, AppliedStack applied, string log, CancellationToken cancellationToken)
    {
        var holds = await contents.Value.AnyAsync(applied.ArtifactBucket, cancellationToken);
        if (holds && options.PurgeArtifacts is not null)
        {
            var deleted = await console.WorkAsync("delete artifacts", () => contents.Value.DeleteAllAsync(applied.ArtifactBucket, cancellationToken));
            console.Done($"Deleted {deleted} object versions of {applied.ArtifactBucket}.");
            holds = false;
        }

        await console.WorkAsync(
            holds ? "terraform destroy, all but the artifacts" : "terraform destroy",
            () => stack.DestroyAsync(environment, holds ? StorageModule : null, log));
        console.Done(holds
            ? $"Destroyed all but the bucket {applied.ArtifactBucket} and its key, which hold artifacts; delete them too with --purge-artifacts={applied.ArtifactBucket}."
            : "Destroyed everything.");
    }

    private async Task ReportLeftAsync(TerraformEnvironment environment, string log, CancellationToken cancellationToken)
    {
        var left = await stack.ResourcesAsync(environment, log);
        if (left.Count == 0 && options.IsSandbox)
        {
            await RemoveStateBucketAsync(cancellationToken);
        }

        console.WriteLine(left.Count == 0 ? "Left: nothing." : $"Left: {left.Count} resources of the artifact bucket ({string.Join(", ", left)}).");
    }

    // On AWS the state bucket is the account's own and never touched; in the sandbox nothing else would ever remove it.
    // A ledger outlives its infrastructure there too: what a team has spent this month stays spent.
    private async Task RemoveStateBucketAsync(CancellationToken cancellationToken)
    {
        if (await contents.Value.AnyAsync(access.StateBucket, cancellationToken, S3LedgerStore.Prefix))
        {
            return;
        }

        if (await contents.Value.AnyAsync(access.StateBucket, cancellationToken))
        {
            await contents.Value.DeleteAllAsync(access.StateBucket, cancellationToken);
        }

        await contents.Value.DeleteBucketAsync(access.StateBucket, cancellationToken);
    }
}
