using BuildPipeline.Accounts;
using BuildPipeline.Runs;
using BuildPipeline.Spot;

namespace BuildPipeline.Watching;

/// <summary>The deadline of a watched run.</summary>
/// <param name="monitor">Says which market the job should be on.</param>
/// <param name="market">The market that it is on.</param>
public sealed class WatchedDeadline(DeadlineMonitor monitor, Market market)
{
    private int? _step;
    private int? _totalSteps;
    private DateTimeOffset _readFrom;
    private bool _isOnNodes;
    private bool _mayHaveSaved = true;

    /// <summary>The deadline of a run; null if it has none, or nothing of it can move.</summary>
    internal static WatchedDeadline? From(RunRecord run, PollingOptions polling) =>
        RunDeadline.Monitor(run, polling) is { } monitor
            ? new(monitor, run.CurrentAttempt!.Market)
            : null;

    /// <summary>True if the checkpoints are to be read again: not while the job waits for nodes, as nothing saves then.</summary>
    /// <param name="now">The time.</param>
    /// <param name="secondaryStatus">The secondary status of the job.</param>
    public bool IsReadingDue(DateTimeOffset now, string? secondaryStatus)
    {
        _isOnNodes = IsOnNodes(secondaryStatus);
        _mayHaveSaved |= _isOnNodes;
        return _mayHaveSaved && now >= _readFrom;
    }

    /// <summary>Takes what the newest complete checkpoint says.</summary>
    /// <param name="step">Its step; null if there is none.</param>
    /// <param name="totalSteps">Steps of the whole training; null if it does not say.</param>
    /// <param name="next">When they are to be read again.</param>
    public void Read(int? step, int? totalSteps, DateTimeOffset next) =>
        (_step, _totalSteps, _readFrom, _mayHaveSaved) = (step ?? _step, totalSteps ?? _totalSteps, next, _isOnNodes);

    /// <summary>True if the job should be on the other market now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="secondaryStatus">The secondary status of the job.</param>
    public bool IsMoveDue(DateTimeOffset now, string? secondaryStatus) =>
        secondaryStatus is not "Uploading" && monitor.Observe(new(now, market, IsOnNodes(secondaryStatus), _step, _totalSteps, _step)) != market;

    private static bool IsOnNodes(string? secondaryStatus) => secondaryStatus is "Downloading" or "Training" or "Uploading";
}
