using BuildPipeline.Runs;

namespace BuildPipeline.Costing;

/// <summary>What the course of a job depends on.</summary>
/// <param name="Work">Running time without any disturbance.</param>
/// <param name="WorkSpread">Standard deviation of the work over its mean; 0 where the work is a given limit.</param>
/// <param name="MaxRuntime">Running time at which the service stops the job.</param>
/// <param name="MaxWait">Time from submission at which the service gives up.</param>
/// <param name="Due">Time from submission by which the job has to be done.</param>
/// <param name="Spot">True where the capacity may be taken away.</param>
/// <param name="UpRun">Mean time from getting spot capacity to losing it.</param>
/// <param name="Wait">Mean wait for spot capacity when there is none.</param>
/// <param name="Restart">Billed time from new capacity to the first new step.</param>
/// <param name="CheckpointInterval">Between checkpoints; zero is none.</param>
/// <param name="Stall">How long writing one holds training up.</param>
/// <param name="ExpectedDiscount">Mean part of the on-demand rate that spot saves.</param>
/// <param name="P90Discount">The part that is saved nine times in ten at least.</param>
public sealed record EnvelopeInputs(
    TimeSpan Work,
    double WorkSpread,
    TimeSpan MaxRuntime,
    TimeSpan MaxWait,
    TimeSpan Due,
    bool Spot,
    TimeSpan UpRun,
    TimeSpan Wait,
    TimeSpan Restart,
    TimeSpan CheckpointInterval,
    TimeSpan Stall,
    double ExpectedDiscount,
    double P90Discount);

/// <summary>The result over all drawn courses.</summary>
/// <param name="Time">How long the job runs.</param>
/// <param name="ExpectedBillable">Billed time of a node in the mean, the discount taken out as the service does.</param>
/// <param name="P90Billable">Billed time of a node that nine courses in ten do not exceed.</param>
public sealed record EnvelopeResult(EnvelopeRecord Time, TimeSpan ExpectedBillable, TimeSpan P90Billable);

/// <summary>Draws many courses of a job (seeded, so the same inputs give the same figures) and sums them up.</summary>
/// <remarks>
/// Up-runs and waits are log-normal with a median of about a third of the mean, as public spot traces have them: with an exponential
/// of the same mean, short up-runs, which lose the most, would be too rare.
/// </remarks>
public static class Envelope
{
    private const int Courses = 2000;
    private const int Seed = 20_240_416;
    private const double TailSpread = 1.45;
    private const double P90Deviations = 1.2816;

    /// <summary>Expected and p90 of a job.</summary>
    public static EnvelopeResult Of(EnvelopeInputs inputs)
    {
        var random = new Random(Seed);
        var courses = Enumerable.Range(0, Courses).Select(_ => Draw(inputs, random)).ToList();
        var billed = courses.Select(course => course.Billed).Order().ToList();
        var (expected, running) = (billed.Average(), courses.Average(course => course.Running));
        return new EnvelopeResult(
            new EnvelopeRecord(
                Math.Round(inputs.Work.TotalSeconds),
                Math.Round(running),
                Math.Round(courses.Select(course => course.Running).Order().ElementAt(Courses * 9 / 10)),
                Math.Round(courses.Average(course => course.Finish)),
                Math.Round(courses.Average(course => course.Interruptions), 2),
                Math.Round(courses.Sum(course => course.Lost) / courses.Sum(course => course.Running), 4),
                Math.Round(courses.Count(course => !course.InTime) / (double)Courses, 4)),
            TimeSpan.FromSeconds(expected),
            TimeSpan.FromSeconds(Math.Max(expected, billed[Courses * 9 / 10])));
    }

    /// <summary>Share of a run that is done twice in the mean, for interruptions fall anywhere between two checkpoints: interval / 2 / up-run.</summary>
    public static double LostShare(TimeSpan checkpointInterval, TimeSpan work, TimeSpan upRun) =>
        Math.Min(checkpointInterval.TotalSeconds, work.TotalSeconds) / 2 / upRun.TotalSeconds;

    private static Course Draw(EnvelopeInputs inputs, Random random)
    {
        var work = inputs.Work.TotalSeconds * LogNormal(random, Math.Sqrt(Math.Log(1 + (inputs.WorkSpread * inputs.WorkSpread))));
        var discount = inputs.Spot
            ? Math.Clamp(inputs.ExpectedDiscount - (Normal(random) * (inputs.ExpectedDiscount - inputs.P90Discount) / P90Deviations), 0, 0.95)
            : 0;
        var course = inputs.Spot ? OnSpot(inputs, work, random) : Undisturbed(inputs, work);
        return course with { Billed = course.Running * (1 - discount) };
    }

    private static Course Undisturbed(EnvelopeInputs inputs, double work)
    {
        var needed = work * Pace(inputs);
        var running = Math.Min(needed, inputs.MaxRuntime.TotalSeconds);
        return new Course(running, running, 0, 0, needed <= inputs.MaxRuntime.TotalSeconds && running <= inputs.Due.TotalSeconds);
    }

    private static Course OnSpot(EnvelopeInputs inputs, double work, Random random)
    {
        var (running, done, lost, interruptions) = (0.0, 0.0, 0.0, 0);
        var isThere = random.NextDouble() < inputs.UpRun / (inputs.UpRun + inputs.Wait);
        var clock = isThere ? 0 : inputs.Wait.TotalSeconds * LogNormal(random, TailSpread);
        while (true)
        {
            var start = interruptions == 0 ? 0 : inputs.Restart.TotalSeconds;
            var needed = start + ((work - done) * Pace(inputs));
            var allowed = Math.Max(0, Math.Min(inputs.MaxRuntime.TotalSeconds - running, inputs.MaxWait.TotalSeconds - clock));
            var upRun = inputs.UpRun.TotalSeconds * LogNormal(random, TailSpread);
            var runs = Math.Min(needed, Math.Min(allowed, upRun));
            (running, clock) = (running + runs, clock + runs);
            if (runs >= needed || runs >= allowed)
            {
                return new Course(running, clock, interruptions, lost, runs >= needed && clock <= inputs.Due.TotalSeconds);
            }

            var kept = Kept(inputs, done + (Math.Max(0, runs - start) / Pace(inputs)), done);
            lost += runs - ((kept - done) * Pace(inputs));
            (done, interruptions) = (kept, interruptions + 1);
            clock += inputs.Wait.TotalSeconds * LogNormal(random, TailSpread);
        }
    }

    // What the newest checkpoint holds; an interruption never loses an older one.
    private static double Kept(EnvelopeInputs inputs, double reached, double before)
    {
        var interval = inputs.CheckpointInterval.TotalSeconds;
        return interval > 0 ? before + (Math.Floor((reached - before) / interval) * interval) : 0;
    }

    // Seconds that a second of work takes.
    private static double Pace(EnvelopeInputs inputs) =>
        inputs.CheckpointInterval > TimeSpan.Zero ? 1 + (inputs.Stall / inputs.CheckpointInterval) : 1;

    // With a mean of 1.
    private static double LogNormal(Random random, double sigma) => Math.Exp((sigma * Normal(random)) - (sigma * sigma / 2));

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private sealed record Course(double Running, double Finish, int Interruptions, double Lost, bool InTime)
    {
        public double Billed { get; init; }
    }
}
