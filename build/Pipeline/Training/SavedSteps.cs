using BuildPipeline.Accounts;
using BuildPipeline.Checkpoints;
using BuildPipeline.Stalls;

namespace BuildPipeline.Training;

/// <summary>The newest complete checkpoints of a run as far as they were seen, and how its job gets on by them.</summary>
public sealed class SavedSteps
{
    /// <summary>More say nothing of the rhythm now.</summary>
    private const int Most = 16;

    private readonly List<SavedStep> _saved = [];
    private double? _intervalSeconds;

    /// <summary>The newest manifest; null if there is none.</summary>
    public CheckpointManifest? Newest { get; private set; }

    /// <summary>Last step of the whole training, once a checkpoint tells it.</summary>
    public int? TotalSteps { get; private set; }

    /// <summary>Takes what the bucket holds.</summary>
    public void Add(IEnumerable<StoredCheckpoint> stored)
    {
        foreach (var checkpoint in stored.Where(checkpoint => checkpoint.State == CheckpointState.Complete))
        {
            Newest = checkpoint.Manifest!;
            TotalSteps = Newest.TotalSteps ?? TotalSteps;
            _intervalSeconds = Newest.CheckpointIntervalSeconds ?? _intervalSeconds;
            var saved = new SavedStep(checkpoint.Step, checkpoint.Seen!.Version.LastModified);
            if (!_saved.Contains(saved))
            {
                _saved.Add(saved);
            }
        }

        _saved.Sort((one, other) => one.At.CompareTo(other.At));
        _saved.RemoveRange(0, Math.Max(0, _saved.Count - Most));
    }

    /// <summary>How the newest job of a run gets on.</summary>
    /// <param name="training">When its jobs trained, oldest first.</param>
    /// <param name="asked">How often the newest job was asked to save; null if that is not known.</param>
    /// <param name="polling">How fast the account is.</param>
    /// <param name="log">What the log says of steps; null if it is not read.</param>
    /// <param name="now">The time.</param>
    public ProgressVerdict Judge(IReadOnlyList<TrainingPeriod> training, CheckpointChoice? asked, PollingOptions polling, LoggedSteps? log, DateTimeOffset now) => ProgressJudge.Judge(new()
    {
        Now = now,
        Training = training,
        Saved = _saved,
        AskedSeconds = Longest(asked?.IntervalSeconds, _intervalSeconds),
        ExpectedRestart = polling.ExpectedRestart,
        ShortestStall = polling.ShortestStall,
        TotalSteps = TotalSteps,
        Log = log,
    });

    /// <summary>When jobs trained, by what the service says of them.</summary>
    public static IReadOnlyList<TrainingPeriod> TrainingOf(IEnumerable<AttemptRecord> attempts) =>
        [.. attempts.SelectMany(attempt => attempt.Transitions).Where(transition => transition.Status == "Training").Select(transition => new TrainingPeriod(transition.StartedAt, transition.EndedAt))];

    private static double? Longest(double? one, double? other) => one is { } first && other is { } second ? Math.Max(first, second) : one ?? other;
}
