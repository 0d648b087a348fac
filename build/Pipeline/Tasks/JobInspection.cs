using BuildPipeline.Aws;
using BuildPipeline.Checkpoints;
using BuildPipeline.Jobs;
using BuildPipeline.Observability;
using BuildPipeline.Runs;
using BuildPipeline.Stalls;
using BuildPipeline.Terminal;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>What a run's open job does now.</summary>
/// <param name="Run">The run, with its newest job as SageMaker shows it and how it gets on.</param>
/// <param name="Usage">The use of its nodes; empty if it is not known.</param>
public sealed record InspectedJob(RunRecord Run, IReadOnlyList<NodeUtilization> Usage);

/// <summary>Asks the services what a run's open job does now, without following it.</summary>
public sealed class JobInspection(PipelineCall call, Launcher launcher, CheckpointReader checkpoints, KeptManifests manifests, UtilizationReader utilization, IAwsClients clients)
{
    /// <summary>A list of runs must not wait for the service.</summary>
    private static readonly TimeSpan GlanceLimit = TimeSpan.FromSeconds(10);

    /// <summary>The run as SageMaker shows it, how its job gets on, and the use of its nodes. Manifests that the bucket will purge are copied.</summary>
    /// <param name="run">The run, as recorded.</param>
    /// <exception cref="PipelineException">SageMaker refuses or does not answer.</exception>
    public async Task<InspectedJob> LookAsync(RunRecord run, CancellationToken cancellationToken)
    {
        if (!run.HasOpenJob || await launcher.FindSubmittedAsync(run, cancellationToken) is not { } seen)
        {
            return new(run, []);
        }

        var shown = run.WithCurrentAttempt(seen);
        await KeepManifestsAsync(shown, cancellationToken);
        return new(shown.WithCurrentAttempt(seen with { Progress = await ProgressAsync(shown, cancellationToken) }), await UsageAsync(shown, seen, cancellationToken));
    }

    private async Task<ProgressVerdict?> ProgressAsync(RunRecord run, CancellationToken cancellationToken)
    {
        try
        {
            var saved = new SavedSteps();
            saved.Add(await checkpoints.ReadAsync(ArtifactPaths.Checkpoints(run.Job!, run.ArtifactFolder), cancellationToken));
            return saved.Judge(SavedSteps.TrainingOf(run.Attempts), run.CurrentAttempt!.Checkpoints, clients.Connection.PollingOptions, log: null, call.Time.GetUtcNow());
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            call.Console.Warn($"The checkpoints could not be read ({AwsErrors.Classify(exception)}).");
            return null;
        }
    }

    /// <summary>The run as SageMaker shows its open job; as it is recorded, where SageMaker does not answer soon or these credentials may not ask.</summary>
    /// <param name="run">The run, as recorded.</param>
    public async Task<RunRecord> GlanceAsync(RunRecord run, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(GlanceLimit, call.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return run is { HasOpenJob: true, Adopted: null } && await launcher.FindSubmittedAsync(run, either.Token) is { } seen ? run.WithCurrentAttempt(seen) : run;
        }
        catch (PipelineException)
        {
            return run;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return run;
        }
    }

    private async Task<IReadOnlyList<NodeUtilization>> UsageAsync(RunRecord run, AttemptRecord seen, CancellationToken cancellationToken)
    {
        try
        {
            var monitor = new UtilizationMonitor(utilization, run, TimeSpan.Zero, call.Time);
            await monitor.LookAsync(seen, cancellationToken);
            return monitor.Nodes;
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            call.Console.Warn($"The metrics of the nodes could not be read ({AwsErrors.Classify(exception)}).");
            return [];
        }
    }

    private async Task KeepManifestsAsync(RunRecord run, CancellationToken cancellationToken)
    {
        try
        {
            await manifests.SweepAsync(run, cancellationToken);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            call.Console.Warn($"The checkpoint manifests could not be copied ({AwsErrors.Classify(exception)}). Following the run copies them too.");
        }
    }
}
