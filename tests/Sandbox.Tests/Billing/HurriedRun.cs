using BuildPipeline.Sandbox.SageMaker.Execution;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.Tests.SageMaker;
using BuildPipeline.Spot;

namespace BuildPipeline.Sandbox.Tests.Billing;

/// <summary>A run with a deadline, as the pipeline leads it: on spot while its safety net allows, then on demand from the newest checkpoint.</summary>
internal sealed class HurriedRun(VariedRun run, JobSettings settings)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(15);

    private readonly TimeSpan _due = TimeSpan.FromHours(run.Job.DeadlineHours!.Value);
    private int _billed;
    private bool _isDone;

    /// <summary>True if it moved.</summary>
    public bool Moved { get; private set; }

    /// <summary>True if it was done by its deadline.</summary>
    public bool InTime { get; private set; }

    /// <summary>Leads it to its end.</summary>
    /// <returns>The billable seconds of all its jobs.</returns>
    public async Task<int> BillableSecondsAsync()
    {
        var (clock, needed) = (TimeSpan.Zero, run.Work * run.Pace);
        if (Usable(TimeSpan.Zero, TimeSpan.FromSeconds(run.Job.ExpectedRuntimeSeconds!.Value)) > Tick)
        {
            (clock, needed) = await OnSpotAsync();
        }

        Moved = needed > TimeSpan.Zero;
        if (Moved)
        {
            var runs = await OnDemandAsync(needed);
            (clock, _isDone) = (clock + runs, runs == needed);
        }

        InTime = _isDone && clock <= _due;
        return _billed;
    }

    /// <returns>When spot was left, and what on demand has still to run; nothing if the job has ended.</returns>
    private async Task<(TimeSpan Clock, TimeSpan Needed)> OnSpotAsync()
    {
        await using var harness = new JobHarness(settings);
        var request = JobHarness.Request(nodes: run.Job.InstanceCount, spot: true, maxRuntime: run.Job.MaxRuntimeSeconds, maxWait: run.Job.MaxWaitSeconds!.Value);
        await harness.SubmitAsync(request, run.Schedule);
        var (clock, done) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var attempt = 1; ; attempt++)
        {
            await harness.ToTrainingAsync(attempt);
            var (timeBetweenInterruptions, rest) = (run.TimesBetweenInterruptions[attempt - 1], (run.Work - done) * run.Pace);
            var start = attempt == 1 ? TimeSpan.Zero : run.Restart;
            var stays = Stays(clock, rest, attempt);
            var left = TimeSpan.FromSeconds(run.Job.MaxRuntimeSeconds) - clock;
            var runs = new[] { timeBetweenInterruptions, start + rest, stays, left }.Min();
            await harness.JumpAsync(runs);
            clock += runs;
            if (runs != timeBetweenInterruptions)
            {
                _isDone = runs == start + rest;
                await EndAsync(harness, stopped: runs == stays);
                return (clock, runs == stays ? Restarted(attempt, rest) : TimeSpan.Zero);
            }

            await harness.UntilAsync(job => job.Phase is not Phase.Training);
            done += run.Saved(timeBetweenInterruptions - start);
            if (Usable(clock, (run.Work - done) * run.Pace) <= Tick)
            {
                await EndAsync(harness, stopped: true);
                return (clock, run.Restart + ((run.Work - done) * run.Pace));
            }
        }
    }

    // How long a start may stay on spot before its slack is used up: without end once it trains, for then the slack stays as it is.
    private TimeSpan Stays(TimeSpan clock, TimeSpan rest, int attempt)
    {
        var usable = Usable(clock, rest);
        return usable >= run.Restart || (attempt == 1 && usable >= TimeSpan.Zero) ? TimeSpan.MaxValue
            : attempt == 1 ? run.Restart
            : usable;
    }

    // The first start had loaded what the next has to load again; a later one had not started to train.
    private TimeSpan Restarted(int attempt, TimeSpan rest) => attempt == 1 ? rest : run.Restart + rest;

    private TimeSpan Usable(TimeSpan clock, TimeSpan rest) =>
        _due - clock - rest - TimeSpan.FromSeconds(SafetyNet.Measured.Reserve(run.Restart.TotalSeconds, rest.TotalSeconds));

    private async Task<TimeSpan> OnDemandAsync(TimeSpan needed)
    {
        await using var harness = new JobHarness(settings);
        var left = TimeSpan.FromSeconds(run.Job.MaxRuntimeSeconds - _billed);
        await harness.SubmitAsync(JobHarness.Request(nodes: run.Job.InstanceCount, spot: false, maxRuntime: (int)left.TotalSeconds));
        await harness.ToTrainingAsync();
        var runs = needed < left ? needed : left;
        harness.EndWhenAsked();

        await harness.JumpAsync(runs);
        await EndAsync(harness, stopped: false);
        return runs;
    }

    private async Task EndAsync(JobHarness harness, bool stopped)
    {
        harness.EndWhenAsked();

        if (stopped)
        {
            harness.Scheduler.Stop(harness.Job().Arn);
        }
        else
        {
            foreach (var node in harness.Runner.Current)
            {
                node.End(0);
            }
        }

        await harness.UntilAsync(job => job.IsOver);
        _billed += harness.Job().BillableTimeInSeconds(harness.Time.GetUtcNow()) ?? 0;
    }
}
