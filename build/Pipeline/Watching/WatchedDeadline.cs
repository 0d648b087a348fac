using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Spot;

namespace BuildPipeline.Watching;

/// <summary>The deadline of a watched run.</summary>
/// <param name="monitor">Says which market the job should be on.</param>
/// <param name="market">The market that it is on.</param>
/// <param name="checkpoints">The folder of its checkpoints.</param>
public sealed class WatchedDeadline(DeadlineMonitor monitor, Market market, S3Uri checkpoints)
{
    private int? _step;
    private int? _totalSteps;

    /// <summary>The folder of its checkpoints.</summary>
    public S3Uri Checkpoints => checkpoints;

    /// <summary>When the checkpoints are to be read again.</summary>
    public DateTimeOffset ReadFrom { get; set; }

    /// <summary>The deadline of a run; null if it has none, or nothing of it can move.</summary>
    internal static WatchedDeadline? From(RunRecord run, PollingOptions polling) =>
        RunDeadline.Monitor(run, polling) is { } monitor
            ? new(monitor, run.CurrentAttempt!.Market, ArtifactPaths.Checkpoints(run.Job!, run.ArtifactFolder))
            : null;

    /// <summary>Takes what the newest complete checkpoint says.</summary>
    public void Read(int? step, int? totalSteps) => (_step, _totalSteps) = (step ?? _step, totalSteps ?? _totalSteps);

    /// <summary>True if the job should be on the other market now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="secondaryStatus">The secondary status of the job.</param>
    public bool IsMoveDue(DateTimeOffset now, string? secondaryStatus)
    {
        var onNodes = secondaryStatus is "Downloading" or "Training" or "Uploading";
        return secondaryStatus is not "Uploading" && monitor.Observe(new(now, market, onNodes, _step, _totalSteps, _step)) != market;
    }
}
