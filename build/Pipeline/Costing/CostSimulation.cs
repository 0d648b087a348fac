using BuildPipeline.Spot;

namespace BuildPipeline.Costing;

/// <summary>How a deadline is kept: the job moves from spot to on-demand while there is still time.</summary>
/// <param name="BelievedWork">Running time that is believed until the run has measured it.</param>
/// <param name="AtOnce">True if spot is not waited for at all.</param>
public sealed record SimulatedMove(TimeSpan BelievedWork, bool AtOnce = false);

/// <summary>What a sampled run of a job depends on.</summary>
public sealed record CostSimulationInputs
{
    /// <summary>Running time without any disturbance.</summary>
    public required TimeSpan Work { get; init; }

    /// <summary>Standard deviation of the work over its mean; 0 if the work is a given limit.</summary>
    public required double RuntimeVariance { get; init; }

    /// <summary>Running time at which the service stops the job.</summary>
    public required TimeSpan MaxRuntime { get; init; }

    /// <summary>Time from submission at which the service gives up.</summary>
    public required TimeSpan MaxWait { get; init; }

    /// <summary>Time from submission by which the job has to be done.</summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>Time from submission after which the job counts as late; null is the deadline. Ways to do the same work are compared by one.</summary>
    public TimeSpan? Due { get; init; }

    /// <summary>True if the capacity may be taken away.</summary>
    public required bool Spot { get; init; }

    /// <summary>Mean time from getting spot capacity to losing it.</summary>
    public required TimeSpan TimeBetweenInterruptions { get; init; }

    /// <summary>Mean wait for spot capacity when there is none.</summary>
    public required TimeSpan Wait { get; init; }

    /// <summary>Billed time from new capacity to the first new step.</summary>
    public required TimeSpan Restart { get; init; }

    /// <summary>Between checkpoints; zero is none.</summary>
    public required TimeSpan CheckpointInterval { get; init; }

    /// <summary>How long writing one holds training up.</summary>
    public required TimeSpan Stall { get; init; }

    /// <summary>Mean part of the on-demand rate that spot saves.</summary>
    public required double ExpectedDiscount { get; init; }

    /// <summary>The part that is saved nine times in ten at least.</summary>
    public required double P90Discount { get; init; }

    /// <summary>The move to on-demand; null if the job stays on spot.</summary>
    public SimulatedMove? Move { get; init; }
}

/// <summary>The result over all sampled runs.</summary>
/// <param name="Time">How long the job runs.</param>
/// <param name="ExpectedBillable">Billed time of a node on average, the discount taken out as the service does.</param>
/// <param name="P90Billable">Billed time of a node that nine sampled runs in ten do not exceed.</param>
public sealed record CostSimulationResult(CostSimulationRecord Time, TimeSpan ExpectedBillable, TimeSpan P90Billable);

/// <summary>Draws many sampled runs of a job (seeded, so the same inputs give the same figures) and sums them up.</summary>
/// <remarks>
/// Times between interruptions and waits are log-normal with a median of about a third of the mean, as public spot traces have them: with an exponential
/// of the same mean, short times between interruptions, which lose the most, would be too rare.
/// </remarks>
public static class CostSimulation
{
    private const int SampledRuns = 2000;
    private const int Seed = 20_240_416;
    private const double TailSpread = 1.45;
    private const double P90Deviations = 1.2816;

    /// <summary>Expected and p90 of a job.</summary>
    public static CostSimulationResult Run(CostSimulationInputs inputs)
    {
        var random = new Random(Seed);
        var sampledRuns = Enumerable.Range(0, SampledRuns).Select(_ => Draw(inputs, random)).ToList();
        var billed = sampledRuns.Select(sampledRun => sampledRun.Billed).Order().ToList();
        var (expected, running) = (billed.Average(), sampledRuns.Average(sampledRun => sampledRun.Running));
        return new CostSimulationResult(
            new CostSimulationRecord
            {
                WorkSeconds = Math.Round(inputs.Work.TotalSeconds),
                ExpectedSeconds = Math.Round(running),
                P90Seconds = Math.Round(sampledRuns.Select(sampledRun => sampledRun.Running).Order().ElementAt(SampledRuns * 9 / 10)),
                FinishSeconds = Math.Round(sampledRuns.Average(sampledRun => sampledRun.Finish)),
                Interruptions = Math.Round(sampledRuns.Average(sampledRun => sampledRun.Interruptions), 2),
                LostShare = Math.Round(sampledRuns.Sum(sampledRun => sampledRun.Lost) / sampledRuns.Sum(sampledRun => sampledRun.Running), 4),
                DeadlineRisk = Math.Round(sampledRuns.Count(sampledRun => !sampledRun.InTime) / (double)SampledRuns, 4),
                MaxWaitRisk = Math.Round(sampledRuns.Count(sampledRun => sampledRun.AtMaxWait) / (double)SampledRuns, 4),
                MoveShare = inputs.Move is null ? null : Math.Round(sampledRuns.Count(sampledRun => sampledRun.OnDemand > 0) / (double)SampledRuns, 4),
            },
            TimeSpan.FromSeconds(expected),
            TimeSpan.FromSeconds(Math.Max(expected, billed[SampledRuns * 9 / 10])));
    }

    /// <summary>Share of a run that is done twice on average, for interruptions fall anywhere between two checkpoints: interval / 2 / time between interruptions.</summary>
    public static double LostShare(TimeSpan checkpointInterval, TimeSpan work, TimeSpan timeBetweenInterruptions) =>
        Math.Min(checkpointInterval.TotalSeconds, work.TotalSeconds) / 2 / timeBetweenInterruptions.TotalSeconds;

    private static SampledRun Draw(CostSimulationInputs inputs, Random random)
    {
        var work = inputs.Work.TotalSeconds * LogNormal(random, Math.Sqrt(Math.Log(1 + (inputs.RuntimeVariance * inputs.RuntimeVariance))));
        var discount = inputs.Spot
            ? Math.Clamp(inputs.ExpectedDiscount - (Normal(random) * (inputs.ExpectedDiscount - inputs.P90Discount) / P90Deviations), 0, 0.95)
            : 0;
        return inputs.Spot ? OnSpot(inputs, work, discount, random) : Undisturbed(inputs, work);
    }

    private static SampledRun Undisturbed(CostSimulationInputs inputs, double work)
    {
        var needed = work * Pace(inputs);
        var running = Math.Min(needed, inputs.MaxRuntime.TotalSeconds);
        return new SampledRun(0, running, running, running, 0, 0, needed <= inputs.MaxRuntime.TotalSeconds && IsInTime(inputs, running));
    }

    private static SampledRun OnSpot(CostSimulationInputs inputs, double work, double discount, Random random)
    {
        var (running, done, lost, interruptions, idleSince) = (0.0, 0.0, 0.0, 0, 0.0);
        var isThere = random.NextDouble() < inputs.TimeBetweenInterruptions / (inputs.TimeBetweenInterruptions + inputs.Wait);
        var clock = isThere ? 0 : inputs.Wait.TotalSeconds * LogNormal(random, TailSpread);
        while (true)
        {
            var rest = (work - done) * Pace(inputs);
            var start = interruptions == 0 ? 0 : inputs.Restart.TotalSeconds;
            if (Moved(inputs, new SampledRun(running, 0, running * (1 - discount), idleSince, interruptions, lost, false), clock, rest, discount) is { } moved)
            {
                return moved;
            }

            var needed = start + rest;
            var (runtimeLeft, waitLeft) = (inputs.MaxRuntime.TotalSeconds - running, inputs.MaxWait.TotalSeconds - clock);
            var allowed = Math.Max(0, Math.Min(runtimeLeft, waitLeft));
            var timeBetweenInterruptions = inputs.TimeBetweenInterruptions.TotalSeconds * LogNormal(random, TailSpread);
            var runs = Math.Min(needed, Math.Min(allowed, timeBetweenInterruptions));
            (running, clock) = (running + runs, clock + runs);
            if (runs >= needed || runs >= allowed)
            {
                return new SampledRun(running, 0, running * (1 - discount), clock, interruptions, lost + Math.Min(start, runs), runs >= needed && IsInTime(inputs, clock))
                {
                    AtMaxWait = runs < needed && waitLeft < runtimeLeft,
                };
            }

            var kept = Kept(inputs, done + (Math.Max(0, runs - start) / Pace(inputs)), done);
            lost += runs - ((kept - done) * Pace(inputs));
            (done, interruptions, idleSince) = (kept, interruptions + 1, clock);
            clock += inputs.Wait.TotalSeconds * LogNormal(random, TailSpread);
        }
    }

    // The sampled run on demand, where the job does not wait for spot or use it once it is back; otherwise null. A start on spot that
    // would use up the reserve, which is the one that the pipeline keeps at each look, is not started.
    private static SampledRun? Moved(CostSimulationInputs inputs, SampledRun idle, double spotIsBack, double rest, double discount)
    {
        if (inputs.Move is not { } move)
        {
            return null;
        }

        var (isFirst, restart) = (idle.Interruptions == 0, inputs.Restart.TotalSeconds);
        double Latest(double work) => move.AtOnce ? -1 : inputs.Deadline.TotalSeconds - work - SafetyNet.Measured.Reserve(restart, work);
        var start = isFirst ? 0 : restart;
        var latest = Latest(isFirst ? move.BelievedWork.TotalSeconds : rest);
        var at = Math.Max(idle.Finish, latest);
        if (latest < spotIsBack + start && at <= inputs.MaxWait.TotalSeconds)
        {
            return OnDemand(inputs, idle with { Finish = at, Lost = idle.Lost + start }, start + rest);
        }

        // The first steps, one start after the start, tell how long the work really takes; a job that gets no spot before the service gives up has none.
        return isFirst && Latest(rest) < spotIsBack && spotIsBack + restart <= inputs.MaxWait.TotalSeconds
            ? OnDemand(inputs, idle with { Spot = restart, Billed = restart * (1 - discount), Lost = restart, Finish = spotIsBack + restart }, rest)
            : null;
    }

    // The next job, on demand from the newest checkpoint: nothing takes it away, and it may run for what is left of the ceiling.
    private static SampledRun OnDemand(CostSimulationInputs inputs, SampledRun spot, double needed)
    {
        var runs = Math.Min(needed, Math.Max(0, inputs.MaxRuntime.TotalSeconds - spot.Billed));
        var finish = spot.Finish + runs;
        return spot with { OnDemand = runs, Billed = spot.Billed + runs, Finish = finish, InTime = runs >= needed && IsInTime(inputs, finish) };
    }

    private static bool IsInTime(CostSimulationInputs inputs, double finish) => finish <= (inputs.Due ?? inputs.Deadline).TotalSeconds;

    // What the newest checkpoint holds; an interruption never loses an older one.
    private static double Kept(CostSimulationInputs inputs, double reached, double before)
    {
        var interval = inputs.CheckpointInterval.TotalSeconds;
        return interval > 0 ? before + (Math.Floor((reached - before) / interval) * interval) : 0;
    }

    // Seconds that a second of work takes.
    private static double Pace(CostSimulationInputs inputs) =>
        inputs.CheckpointInterval > TimeSpan.Zero ? 1 + (inputs.Stall / inputs.CheckpointInterval) : 1;

    // With a mean of 1.
    private static double LogNormal(Random random, double sigma) => Math.Exp((sigma * Normal(random)) - (sigma * sigma / 2));

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    // Seconds on each market; billed seconds have the discount taken out.
    private sealed record SampledRun(double Spot, double OnDemand, double Billed, double Finish, int Interruptions, double Lost, bool InTime)
    {
        // True if the service has stopped it at MaxWait.
        public bool AtMaxWait { get; init; }

        public double Running => Spot + OnDemand;
    }
}
