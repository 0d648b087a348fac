using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Budgets;
using BuildPipeline.Cli;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Terraform;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Removes what apply has built: plans the destroy and shows it, stops the jobs, then applies that plan. The artifacts go only when their bucket is named.</summary>
public sealed class CleanupStage(
    PipelineOptions options,
    IAccount account,
    EnvironmentFiles files,
    TerraformStack stack,
    RunSession session,
    JobStopper jobs,
    BucketContents contents,
    IAwsClients clients,
    LeftoverAdoption leftovers,
    CommandHints hints,
    IAnsiConsole console)
{
    // It knows nothing of the other modules, so they can go while the artifacts stay.
    private const string StorageModule = "module.storage";

    /// <summary>Cleans up, and says what is left.</summary>
    /// <exception cref="PipelineException">The bucket to purge is not this environment's (2), or something could not be removed (1).</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var environment = files.Terraform;
        await console.WorkAsync("check the AWS credentials", () => clients.CheckCredentialsAsync(cancellationToken));
        var call = new TerraformCall(environment, Path.Combine(session.Store.RunsFolder, $"{options.Environment}.cleanup.log"), cancellationToken);
        var applied = TerraformDocuments.ReadApplied(await console.WorkAsync("terraform output", () => stack.OutputsAsync(call)));
        var unfinished = await leftovers.ImportAsync(call, environment.DataFolder);
        var (bucket, isEmpty) = await stack.StateAsync(call);
        bucket ??= applied?.ArtifactBucket;
        if (options.PurgeArtifacts is { } named && named != bucket)
        {
            throw new PipelineException(
                TerraformErrors.OtherBucket, $"--purge-artifacts={named} is not this environment's bucket. {(bucket is null ? "Nothing is applied here." : $"Its bucket is {bucket}.")}");
        }

        // What cannot be planned must not cost a running job: nothing stops before the plan that is applied is saved.
        IReadOnlyList<RunningJob> running = applied is null ? [] : await jobs.ListRunningAsync(applied.JobName, cancellationToken);
        // A job that is stopped saves a checkpoint, so its bucket will hold something.
        var keeps = options.PurgeArtifacts is null && (running.Count > 0 || await HoldsArtifactsAsync(bucket, cancellationToken));
        var planned = isEmpty ? [] : await PlanDestroyAsync(call, keeps, cancellationToken);
        await StopAsync(running, cancellationToken);
        if (isEmpty)
        {
            console.Done($"Environment {options.Environment} has no infrastructure.");
        }
        else
        {
            await DestroyAsync(call, planned, keeps, bucket, cancellationToken);
        }

        await ReportLeftAsync(call, unfinished, cancellationToken);
    }

    private async Task<bool> HoldsArtifactsAsync(string? bucket, CancellationToken cancellationToken) =>
        bucket is not null && await contents.AnyAsync(bucket, cancellationToken);

    private async Task<IReadOnlyList<string>> PlanDestroyAsync(TerraformCall call, bool keeps, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var planned = await console.WorkAsync(
            keeps ? "terraform plan -destroy, except the artifacts" : "terraform plan -destroy",
            () => stack.PlanDestroyAsync(call, PlanFile(call), PlanFile(call) + ".json", keeps ? StorageModule : null));
        console.Say($"{Counted.Of(planned.Count, "resource")} to destroy{(planned.Count == 0 ? "." : ":")}");
        foreach (var address in planned)
        {
            console.WriteWhole($"  {address}");
        }

        return planned;
    }

    private static string PlanFile(TerraformCall call) => Path.Combine(call.Environment.DataFolder, "destroy.tfplan");

    private async Task StopAsync(IReadOnlyList<RunningJob> running, CancellationToken cancellationToken)
    {
        foreach (var job in running)
        {
            await jobs.StopAsync(job.Name, cancellationToken);
            await console.WorkAsync($"stop {job.Name}", () => jobs.WaitUntilEndedAsync(job.Name, cancellationToken));
            console.Done($"Stopped {job.Name}.");
        }
    }

    private async Task DestroyAsync(TerraformCall call, IReadOnlyList<string> planned, bool keeps, string? bucket, CancellationToken cancellationToken)
    {
        if (options.PurgeArtifacts is not null && await HoldsArtifactsAsync(bucket, cancellationToken))
        {
            var deleted = await console.WorkAsync("delete artifacts", () => contents.DeleteAllAsync(bucket!, cancellationToken));
            console.Done($"Deleted {deleted} object versions of {bucket}.");
        }

        if (planned.Count > 0)
        {
            await console.WorkAsync("terraform apply", () => stack.ApplyAsync(call, PlanFile(call)));
        }

        if (keeps)
        {
            console.Done($"Destroyed everything except the bucket {bucket} and its key, which still hold artifacts. Delete them too with:");
            console.WriteWhole($"  {hints.For("Cleanup", $"--purge-artifacts={bucket}")}");
        }
        else
        {
            console.Done("Destroyed everything.");
        }
    }

    private async Task ReportLeftAsync(TerraformCall call, IReadOnlyList<string> unfinished, CancellationToken cancellationToken)
    {
        var left = await stack.ResourcesAsync(call);
        if (left.Count == 0 && account.OwnsStateBucket)
        {
            await RemoveStateBucketAsync(cancellationToken);
        }

        IReadOnlyList<string> lines = [.. left, .. unfinished];
        console.WriteLine(lines.Count == 0 ? "Nothing remains." : $"{lines.Count} resources remain: {string.Join(", ", lines)}.");
        if (unfinished.Count > 0)
        {
            console.WriteLine("To list resources that terraform does not know by their tag, run:");
            console.WriteWhole($"  aws resourcegroupstaggingapi get-resources --tag-filters Key=environment,Values={options.Environment}");
        }
    }

    // On AWS the state bucket is the account's own and never touched; in the sandbox nothing else would ever remove it.
    // A ledger outlives its infrastructure there too: what a team has spent this month stays spent.
    private async Task RemoveStateBucketAsync(CancellationToken cancellationToken)
    {
        if (await contents.AnyAsync(files.StateBucket, cancellationToken, S3LedgerStore.Prefix))
        {
            return;
        }

        if (await contents.AnyAsync(files.StateBucket, cancellationToken))
        {
            await contents.DeleteAllAsync(files.StateBucket, cancellationToken);
        }

        await contents.DeleteBucketAsync(files.StateBucket, cancellationToken);
    }
}
