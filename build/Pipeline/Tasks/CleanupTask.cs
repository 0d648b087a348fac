using BuildPipeline.Aws;
using BuildPipeline.Observability;
using BuildPipeline.Terminal;
using BuildPipeline.Terraform;
using BuildPipeline.Training;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Stops running jobs and destroys the infrastructure; the artifacts are kept unless their bucket is named.</summary>
[TaskName("Cleanup")]
[TaskDescription("Stops running jobs and destroys the infrastructure; the artifacts are kept unless their bucket is named.")]
public sealed class CleanupTask(
    PipelineCall call, EnvironmentFiles files, TerraformStack stack, LeftoverAdoption leftovers, EnvironmentTakeOver takeOver, CleanupRemainder remainder, IAwsClients clients)
    : AsyncFrostingTask<PipelineContext>
{
    // It knows nothing of the other modules, so they can go while the artifacts stay.
    private const string StorageModule = "module.storage";

    private readonly BucketContents _contents = new(clients);
    private readonly RunAlarms _alarms = new(clients);

    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => CleanUpAsync(context.Cancellation);

    /// <summary>Cleans up, and says what is left.</summary>
    /// <exception cref="PipelineException">The bucket to purge is not this environment's (2), or something could not be removed (1).</exception>
    public async Task CleanUpAsync(CancellationToken cancellationToken)
    {
        var environment = files.Terraform;
        await using var turn = await takeOver.TakeAsync(cancellationToken);
        await call.Console.RunWithStatusAsync("check the AWS credentials", () => clients.CheckCredentialsAsync(cancellationToken));
        var terraform = new TerraformCall(environment, Path.Combine(call.Session.Store.RunsFolder, $"{call.Options.Environment}.cleanup.log"), cancellationToken);
        var applied = TerraformDocuments.ReadApplied(await call.Console.RunWithStatusAsync("terraform output", () => stack.OutputsAsync(terraform)));
        var unfinished = await leftovers.ImportAsync(terraform, environment.DataFolder);
        var (bucket, isEmpty) = await stack.StateAsync(terraform);
        bucket ??= applied?.ArtifactBucket;
        if (call.Options.PurgeArtifacts is { } named && named != bucket)
        {
            throw new PipelineException(
                TerraformErrors.OtherBucket, $"--purge-artifacts={named} is not this environment's bucket. {(bucket is null ? "Nothing is applied here." : $"Its bucket is {bucket}.")}");
        }

        // What cannot be planned must not cost a running job: nothing stops before the plan that is applied is saved.
        IReadOnlyList<RunningJob> running = applied is null ? [] : await takeOver.ListRunningAsync(applied.JobName, cancellationToken);
        // A job that is stopped saves a checkpoint, so its bucket will hold something.
        var keeps = call.Options.PurgeArtifacts is null && (running.Count > 0 || await HoldsArtifactsAsync(bucket, cancellationToken));
        var planned = isEmpty ? [] : await PlanDestroyAsync(terraform, keeps, cancellationToken);
        await takeOver.StopAsync(running, cancellationToken);
        if (applied is { HasAlarms: true })
        {
            await DeleteAlarmsAsync(applied.JobName, cancellationToken);
        }

        if (isEmpty)
        {
            call.Console.Done($"Environment {call.Options.Environment} has no infrastructure.");
        }
        else
        {
            await DestroyAsync(terraform, planned, keeps, bucket, cancellationToken);
        }

        await remainder.ReportAsync(terraform, unfinished, cancellationToken);
    }

    private async Task<bool> HoldsArtifactsAsync(string? bucket, CancellationToken cancellationToken) =>
        bucket is not null && await _contents.AnyAsync(bucket, cancellationToken);

    private async Task<IReadOnlyList<string>> PlanDestroyAsync(TerraformCall terraform, bool keeps, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var planned = await call.Console.RunWithStatusAsync(
            keeps ? "terraform plan -destroy, except the artifacts" : "terraform plan -destroy",
            () => stack.PlanDestroyAsync(terraform, PlanFile(terraform), PlanFile(terraform) + ".json", keeps ? StorageModule : null));
        call.Console.Say($"{Counted.Format(planned.Count, "resource")} to destroy{(planned.Count == 0 ? "." : ":")}");
        foreach (var address in planned)
        {
            call.Console.WriteUnwrapped($"  {address}");
        }

        return planned;
    }

    private static string PlanFile(TerraformCall terraform) => Path.Combine(terraform.Environment.DataFolder, "destroy.tfplan");

    // Those of runs that nobody has continued to their end. Terraform does not know them.
    private async Task DeleteAlarmsAsync(string jobName, CancellationToken cancellationToken)
    {
        try
        {
            var left = await _alarms.FindAsync(jobName, cancellationToken);
            await _alarms.DeleteAsync(left, cancellationToken);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            var failure = AwsErrors.ToPipelineException(exception, "deleting the alarms of runs", clients.Connection);
            call.Console.Warn($"{failure.Message} Delete alarms named {jobName}-RUN-ID-heartbeat yourself.");
        }
    }

    private async Task DestroyAsync(TerraformCall terraform, IReadOnlyList<string> planned, bool keeps, string? bucket, CancellationToken cancellationToken)
    {
        if (call.Options.PurgeArtifacts is not null && await HoldsArtifactsAsync(bucket, cancellationToken))
        {
            var deleted = await call.Console.RunWithStatusAsync("delete artifacts", () => _contents.DeleteAllAsync(bucket!, cancellationToken));
            call.Console.Done($"Deleted {deleted} object versions of {bucket}.");
        }

        if (planned.Count > 0)
        {
            await call.Console.RunWithStatusAsync("terraform apply", () => stack.ApplyAsync(terraform, PlanFile(terraform)));
        }

        if (keeps)
        {
            call.Console.Done($"Destroyed everything except the bucket {bucket} and its key, which still hold artifacts. Delete them too with:");
            call.Console.WriteUnwrapped($"  {call.Hints.For("Cleanup", $"--purge-artifacts={bucket}")}");
        }
        else
        {
            call.Console.Done("Destroyed everything.");
        }
    }
}
