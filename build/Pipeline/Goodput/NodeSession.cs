using BuildPipeline.Training;

namespace BuildPipeline.Goodput;

/// <summary>The time from getting nodes to losing them.</summary>
internal sealed class NodeSession
{
    private static readonly HashSet<string> Waiting = ["Starting", "Pending", "Interrupted", "Restarting", "LaunchingMLInstances", "PreparingTrainingStack"];

    private readonly IReadOnlyList<StatusTransition> _statuses;
    private readonly bool _isFirst;

    private NodeSession(AttemptRecord attempt, IReadOnlyList<StatusTransition> statuses, bool isFirst, bool completes) =>
        (Attempt, _statuses, _isFirst, Completes) = (attempt, statuses, isFirst, completes);

    /// <summary>The job.</summary>
    public AttemptRecord Attempt { get; }

    /// <summary>True if it is the one that the job completed in.</summary>
    public bool Completes { get; }

    /// <summary>From the first status to the last.</summary>
    public Period Whole => new(_statuses[0].StartedAt, PeriodOf(_statuses[^1]).To);

    /// <summary>The sessions of a run's jobs, oldest first.</summary>
    public static IReadOnlyList<NodeSession> From(IEnumerable<AttemptRecord> attempts)
    {
        var sessions = new List<NodeSession>();
        foreach (var attempt in attempts)
        {
            var found = StatusesOf(attempt);
            sessions.AddRange(found.Select((statuses, index) => new NodeSession(
                attempt, statuses, sessions.Count + index == 0, index == found.Count - 1 && attempt.Outcome == OutcomeKind.Completed)));
        }

        return sessions;
    }

    /// <summary>Seconds that a job had no nodes, before its end.</summary>
    public static double WaitSeconds(AttemptRecord attempt) =>
        attempt.Transitions.Where(transition => Waiting.Contains(transition.Status)).Sum(transition => TimeSpan.FromTicks(PeriodOf(transition).Ticks).TotalSeconds);

    /// <summary>What its time went into, in ticks; each tick once.</summary>
    /// <param name="saved">What the program saved; null if that is not known.</param>
    public IEnumerable<(GoodputCategory Category, long Ticks)> Uses(SavedWork? saved) => _statuses.SelectMany(status => UsesOf(status, saved));

    // A job that is asked to stop has the nodes that it had.
    private static List<List<StatusTransition>> StatusesOf(AttemptRecord attempt)
    {
        var (found, hadNodes) = (new List<List<StatusTransition>>(), false);
        foreach (var transition in attempt.Transitions)
        {
            var hasNodes = transition.Status is "Downloading" or "DownloadingTrainingImage" or "Training" or "Updating" or "Uploading"
                || (hadNodes && transition.Status == "Stopping");
            if (hasNodes && !hadNodes)
            {
                found.Add([]);
            }

            if (hasNodes)
            {
                found[^1].Add(transition);
            }

            hadNodes = hasNodes;
        }

        return found;
    }

    private static Period PeriodOf(StatusTransition transition) => new(transition.StartedAt, transition.EndedAt ?? transition.StartedAt);

    private IEnumerable<(GoodputCategory, long)> UsesOf(StatusTransition transition, SavedWork? saved)
    {
        var period = PeriodOf(transition);
        return transition.Status switch
        {
            "Downloading" or "DownloadingTrainingImage" => [(_isFirst ? GoodputCategory.Download : GoodputCategory.Restart, period.Ticks)],
            "Uploading" => [(GoodputCategory.Upload, period.Ticks)],
            _ when saved is null => [(GoodputCategory.Idle, period.Ticks)],
            "Stopping" => Work(period, saved, GoodputCategory.Idle),
            _ => Training(period, saved),
        };
    }

    private IEnumerable<(GoodputCategory, long)> Training(Period period, SavedWork saved)
    {
        var start = saved.StartIn(Whole);
        if (start is not { } started)
        {
            // No checkpoint since the nodes came, so a restart cannot be told from work; but where the job went on to its end, that is no loss.
            return [(Completes ? GoodputCategory.Idle : GoodputCategory.LostWork, period.Ticks)];
        }

        var before = new Period(DateTimeOffset.MinValue, started).Within(period);
        var rest = Completes || !saved.KnowsAll(Whole) ? GoodputCategory.Idle : GoodputCategory.LostWork;
        return
        [
            (_isFirst ? GoodputCategory.Start : GoodputCategory.Restart, before.Ticks),
            .. Work(new Period(started, DateTimeOffset.MaxValue).Within(period), saved, rest),
        ];
    }

    private IEnumerable<(GoodputCategory, long)> Work(Period period, SavedWork saved, GoodputCategory rest)
    {
        var kept = saved.KeptIn(this).Select(part => part.Within(period)).ToList();
        var stalled = Period.TicksOf(from part in kept from stall in saved.Stalls select stall.Within(part));
        var whole = Period.TicksOf(kept);
        return [(GoodputCategory.Productive, whole - stalled), (GoodputCategory.CheckpointStall, stalled), (rest, period.Ticks - whole)];
    }
}
