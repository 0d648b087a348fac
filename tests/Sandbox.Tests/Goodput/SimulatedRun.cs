using BuildPipeline.Checkpoints;
using BuildPipeline.Goodput;
using BuildPipeline.Kernel;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Spot;
using BuildPipeline.Sandbox.Tests.SageMaker;
using BuildPipeline.Spot;
using BuildPipeline.Training;

namespace BuildPipeline.Sandbox.Tests.Goodput;

/// <summary>A run of one or two jobs of the sandbox, drawn from a seed, on the virtual clock.</summary>
internal sealed class SimulatedRun(int seed)
{
    private const double Tick = 0.1;
    private static readonly Usd Rate = new(1.41m);

    private readonly Random _random = new(seed);
    private readonly List<SimulatedProgram> _programs = [];
    private readonly Dictionary<string, ReadManifest> _uploaded = [];
    private readonly List<AttemptRecord> _attempts = [];
    private int _collected;

    /// <summary>Step time of its program.</summary>
    public double StepSeconds { get; private set; }

    /// <summary>Interruptions that the sandbox made.</summary>
    public int Interruptions => _attempts.Sum(attempt => attempt.Transitions.Count(transition => transition.Status == "Interrupted"));

    public IReadOnlyList<AttemptRecord> Attempts => _attempts;

    /// <summary>What the pipeline makes of the bill.</summary>
    public GoodputRecord Goodput => GoodputRecord.Calculate(_attempts, SavedWork.From(_uploaded.Values, _attempts[^1].Outcome == OutcomeKind.Completed ? _programs[^1].Lineage : []))!;

    /// <summary>Training whose result was lost, as the sandbox and its programs know it: each start is kept up to the save that a later one, or the result, came from.</summary>
    public double LostSeconds()
    {
        var sessions = _attempts.SelectMany(attempt => attempt.Transitions.Where(transition => transition.Status == "Training")).ToList();
        Assert.Equal(sessions.Count, _programs.Count);
        var lost = 0.0;
        var wanted = LastUploaded();
        for (var index = sessions.Count - 1; index >= 0; index--)
        {
            var (session, program) = (sessions[index], _programs[index]);
            var isResult = index == sessions.Count - 1 && _attempts[^1].Outcome == OutcomeKind.Completed;
            var keptUntil = isResult ? session.EndedAt!.Value : wanted is not null && program.Saved.TryGetValue(wanted, out var saved) ? saved : session.StartedAt;
            lost += Math.Max(0, (session.EndedAt!.Value - keptUntil).TotalSeconds);
            wanted = isResult || keptUntil > session.StartedAt ? program.From : wanted;
        }

        return lost;
    }

    /// <summary>Runs it to its end.</summary>
    public async Task RunAsync()
    {
        await using var harness = new JobHarness();
        StepSeconds = 0.5 + (1.5 * _random.NextDouble());
        var plan = new ProgramPlan(3 * _random.NextDouble(), StepSeconds, _random.NextDouble(), _random.Next(2, 9), _random.Next(15, 45), _random.Next(12) == 0 ? _random.Next(1, 40) : null, _random.Next(5) > 0);
        var moves = _random.Next(4) == 0;
        await RunJobAsync(harness, plan, "job", stopsAfter: moves || _random.Next(15) == 0 ? 5 + (30 * _random.NextDouble()) : null, moves, spot: _random.Next(8) > 0);
        if (moves && _attempts[^1].Outcome == OutcomeKind.Moved)
        {
            await RunJobAsync(harness, plan, "job-a2", stopsAfter: null, moves: false, spot: false);
        }
    }

    private async Task RunJobAsync(JobHarness harness, ProgramPlan plan, string name, double? stopsAfter, bool moves, bool spot)
    {
        var submittedAt = harness.Time.GetUtcNow();
        await harness.SubmitAsync(JobHarness.Request(name, nodes: 1, spot), new SpotSchedule(Interruptions: Schedule()));
        while (!harness.Job(name).IsOver)
        {
            await harness.PassAsync(Tick);
            foreach (var node in harness.Runner.Nodes.Skip(_programs.Count).ToList())
            {
                _programs.Add(new(node, plan, harness.Time.GetUtcNow));
            }

            // One that is taken away is given up before time passes.
            await harness.UntilAsync(name, job => job.Phase != Phase.Training || harness.Runner.Nodes.Count == 0 || !harness.Runner.Nodes[^1].Exit.IsCompleted);
            _programs.LastOrDefault()?.Act();
            Collect(harness);
            if (stopsAfter is { } limit && (harness.Time.GetUtcNow() - submittedAt).TotalSeconds > limit)
            {
                harness.Scheduler.Stop(harness.Job(name).Arn);
                stopsAfter = null;
            }
        }

        Collect(harness);
        _attempts.Add(Attempt(harness.Job(name), moves));
    }

    private List<string> Schedule() =>
        [.. Enumerable.Range(0, _random.Next(7)).Select(_ => _random.Next(3) == 0 ? $"checkpoint:{_random.Next(1, 9)}" : FormattableString.Invariant($"{_random.Next(1, 20) + _random.NextDouble():0.##}s"))];

    // As KeptManifests does: every manifest that came into the bucket.
    private void Collect(JobHarness harness)
    {
        if (_collected == harness.Objects.Written.Count)
        {
            return;
        }

        _collected = harness.Objects.Written.Count;
        foreach (var stored in harness.Objects.List(JobHarness.Bucket, "runs/r1/checkpoints/").Where(stored => stored.Key.EndsWith("manifest.json", StringComparison.Ordinal)))
        {
            // One that is rotated away at this moment was seen before.
            if (harness.Objects.ContentOf(JobHarness.Bucket, stored.Key) is { } bytes && ReadManifest.From(new SeenManifest(new(0, stored.Key, null, default), bytes)) is { } read)
            {
                _uploaded.TryAdd(read.Sha256, read);
            }
        }
    }

    private string? LastUploaded() => _uploaded.Values.MaxBy(read => (read.Manifest.WrittenAt, read.Manifest.Step))?.Sha256;

    private AttemptRecord Attempt(TrainingJob job, bool moves)
    {
        var billed = job.BillableTimeInSeconds(job.LastModifiedTime) ?? 0;
        return new()
        {
            Number = _attempts.Count + 1, JobName = job.Name, Market = job.Request.EnableManagedSpotTraining ? Market.Spot : Market.OnDemand, IntentAt = job.CreationTime,
            SubmittedAt = job.CreationTime, MaxRuntimeSeconds = 3600, BillableSeconds = billed, Cost = new Usd(billed * Rate.Amount / 3600m),
            Outcome = job.Status switch { JobStatus.Completed => OutcomeKind.Completed, JobStatus.Failed => OutcomeKind.Failed, _ => moves ? OutcomeKind.Moved : OutcomeKind.Stopped },
            Transitions = [.. job.Transitions.Select(transition => new StatusTransition(transition.Status.ToString(), transition.StartTime, transition.EndTime, null))],
        };
    }
}
