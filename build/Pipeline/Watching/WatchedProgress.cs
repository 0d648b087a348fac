using BuildPipeline.Accounts;
using BuildPipeline.Checkpoints;
using BuildPipeline.Runs;
using BuildPipeline.Stalls;
using BuildPipeline.Training;

namespace BuildPipeline.Watching;

/// <summary>How the job of a watched run gets on. Its checkpoints are read when it would be a stall without a further one: about once in three intervals while it saves.</summary>
public sealed class WatchedProgress
{
    /// <summary>Between two readings where no rhythm is known, and between two drivers for one stall.</summary>
    private static readonly TimeSpan LongPause = TimeSpan.FromMinutes(15);

    private readonly List<TrainingPeriod> _training;
    private readonly CheckpointChoice? _asked;
    private readonly StallRecord? _known;
    private readonly IReadOnlyList<StallRecord?> _earlier;
    private readonly OnStall? _policy;
    private readonly PollingOptions _polling;
    private SavedSteps _saved = new();
    private DateTimeOffset? _since;
    private DateTimeOffset? _readAt;

    /// <summary>The progress of an open run.</summary>
    internal WatchedProgress(RunRecord run, PollingOptions polling)
    {
        _polling = polling;
        _training = [.. SavedSteps.TrainingOf(run.Attempts)];
        (_asked, _known) = (run.CurrentAttempt!.Checkpoints, run.CurrentAttempt.Stall is { EndedAt: null } stall ? stall : null);
        (_earlier, _policy) = ([.. run.Attempts.SkipLast(1).Select(attempt => attempt.Stall)], run.Terms?.OnStall);
    }

    /// <summary>Takes the secondary status of the job.</summary>
    public void Saw(string? secondaryStatus, DateTimeOffset now)
    {
        _since ??= now;
        var (trains, isOpen) = (secondaryStatus == "Training", _training is [.., { To: null }]);
        if (trains && !isOpen)
        {
            _training.Add(new(now, null));
        }
        else if (!trains && isOpen)
        {
            _training[^1] = _training[^1] with { To = now };
        }
    }

    /// <summary>True if the checkpoints are to be read.</summary>
    public bool IsReadingDue(DateTimeOffset now) => _training is [.., { To: null }] && (Judge(now) is { DueSeconds: not null } verdict
        ? verdict.State == ProgressState.Stalled && now >= _readAt.GetValueOrDefault() + _polling.Checkpoints
        : now >= _readAt.GetValueOrDefault() + LongPause);

    /// <summary>Takes what the bucket holds. What it held at an earlier reading is forgotten: so long after, it is no rhythm.</summary>
    public void Read(IReadOnlyList<StoredCheckpoint> stored, DateTimeOffset now)
    {
        (_saved, _readAt) = (new(), now);
        _saved.Add(stored);
    }

    /// <summary>True if somebody has to look at a stall: it is not in the log yet, or the run is to be restarted for it and was not.</summary>
    public bool IsStalled(DateTimeOffset now)
    {
        if (Judge(now) is not { State: ProgressState.Stalled } verdict || _readAt.GetValueOrDefault() < verdict.StalledAt)
        {
            return false;
        }

        var isNew = _known is null || _known.CheckpointStep != verdict.CheckpointStep;
        return isNew || (now >= _since + LongPause && StallPolicy.Decide(_policy, _earlier, verdict.CheckpointStep) == StallDecision.Restart);
    }

    private ProgressVerdict Judge(DateTimeOffset now) => _saved.Judge(_training, _asked, _polling, log: null, now);
}
