using BuildPipeline.Aws;
using BuildPipeline.Observability;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>Asks the services what a run's open job does now, without following it.</summary>
public sealed class JobInspection(PipelineCall call, Launcher launcher, KeptManifests manifests, UtilizationReader utilization)
{
    /// <summary>A list of runs must not wait for the service.</summary>
    private static readonly TimeSpan GlanceLimit = TimeSpan.FromSeconds(10);

    /// <summary>The run as SageMaker shows it, and the use of its nodes. Manifests that the bucket will purge are copied.</summary>
    /// <param name="run">The run, as recorded.</param>
    /// <exception cref="PipelineException">SageMaker refuses or does not answer.</exception>
    public async Task<(RunRecord Run, IReadOnlyList<NodeUtilization> Usage)> LookAsync(RunRecord run, CancellationToken cancellationToken)
    {
        if (!run.HasOpenJob || await launcher.FindSubmittedAsync(run, cancellationToken) is not { } seen)
        {
            return (run, []);
        }

        var shown = run.WithCurrentAttempt(seen);
        await KeepManifestsAsync(shown, cancellationToken);
        return (shown, await UsageAsync(shown, seen, cancellationToken));
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
