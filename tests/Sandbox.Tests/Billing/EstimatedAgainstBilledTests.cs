using BuildPipeline.Costing;
using BuildPipeline.Kernel;
using BuildPipeline.Prices;
using BuildPipeline.Sandbox.SageMaker.Execution;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.Tests.SageMaker;
using BuildPipeline.Terraform;
using Microsoft.Extensions.Time.Testing;
using Xunit.Abstractions;

namespace BuildPipeline.Sandbox.Tests.Billing;

/// <summary>What the gate says a run costs, against what the sandbox's SageMaker bills for it, in virtual time.</summary>
[Trait("Tier", "all")]
public sealed class EstimatedAgainstBilledTests(ITestOutputHelper output)
{
    private const int Runs = 200;
    private const int Seed = 7;

    private static readonly JobSettings Sparse = new()
    {
        Starting = TimeSpan.FromMilliseconds(50),
        Interrupted = TimeSpan.FromMilliseconds(50),
        CheckpointSync = TimeSpan.FromDays(45),
        Sampling = TimeSpan.FromDays(45),
    };

    [Fact]
    public async Task Given_200_varied_runs_When_billed_Then_never_above_the_ceiling_and_within_p90_in_nine_of_ten()
    {
        var random = new Random(Seed);
        var runs = Enumerable.Range(0, Runs).Select(_ => VariedRun.Draw(random)).ToList();
        var outcomes = new Outcome[Runs];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Runs), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (index, _) => outcomes[index] = await OutcomeAsync(runs[index]));

        Assert.All(outcomes, outcome => Assert.True(outcome.Bill <= outcome.Ceiling, $"{outcome} of {runs[Array.IndexOf(outcomes, outcome)].Job}"));
        var within = outcomes.Count(outcome => outcome.Bill <= outcome.P90);
        var (bills, estimates) = (outcomes.Sum(outcome => outcome.Bill.Amount), outcomes.Sum(outcome => outcome.Expected.Amount));
        output.WriteLine($"{within} of {Runs} within p90; nodes billed {bills:0.00}, expected {estimates:0.00}");
        Assert.InRange(within / (double)Runs, 0.85, 0.95);
        Assert.InRange(bills / estimates, 0.9m, 1.1m);
    }

    [Fact]
    public async Task Given_varied_runs_with_deadlines_When_they_move_Then_never_above_the_ceiling_and_within_p90_in_nine_of_ten()
    {
        var random = new Random(Seed);
        var runs = Enumerable.Range(0, Runs).Select(_ => VariedRun.Draw(random)).Where(run => run.Job.UseSpotInstances).Select(run => run.Hurried(random)).ToList();
        var (outcomes, led) = (new Outcome[runs.Count], runs.Select(run => new HurriedRun(run, Sparse)).ToList());
        await Parallel.ForEachAsync(
            Enumerable.Range(0, runs.Count), new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (index, _) => outcomes[index] = OutcomeOf(runs[index], await led[index].BillableSecondsAsync()));

        Assert.All(outcomes, outcome => Assert.True(outcome.Bill <= outcome.Ceiling, $"{outcome} of {runs[Array.IndexOf(outcomes, outcome)].Job}"));
        var within = outcomes.Count(outcome => outcome.Bill <= outcome.P90) / (double)runs.Count;
        var (bills, estimates) = (outcomes.Sum(outcome => outcome.Bill.Amount), outcomes.Sum(outcome => outcome.Expected.Amount));
        var (moved, expectedMoves) = (led.Count(run => run.Moved) / (double)runs.Count, outcomes.Average(outcome => outcome.Time.MoveShare!.Value));
        var (late, expectedLate) = (led.Count(run => !run.InTime) / (double)runs.Count, outcomes.Average(outcome => outcome.Time.DeadlineRisk));
        output.WriteLine(
            $"{runs.Count} runs, {within:0.0%} within p90; nodes billed {bills:0.00}, expected {estimates:0.00}; moved {moved:0.0%}, expected {expectedMoves:0.0%}; late {late:0.0%}, expected {expectedLate:0.0%}");
        Assert.InRange(within, 0.85, 0.95);
        Assert.InRange(bills / estimates, 0.9m, 1.1m);
        Assert.InRange(moved - expectedMoves, -0.1, 0.1);
        Assert.InRange(late - expectedLate, -0.05, 0.05);
    }

    /// <summary>The nodes alone, for they are what the sandbox bills: whatever else a figure counts is taken off it.</summary>
    private static async Task<Outcome> OutcomeAsync(VariedRun run) => OutcomeOf(run, await BillableSecondsAsync(run));

    private static Outcome OutcomeOf(VariedRun run, int billableSeconds)
    {
        var cost = new CostEstimator(new PriceBook(), new FakeTimeProvider()).Estimate(run.Job, Plan, run.Prices);
        var nodes = cost.Lines.Single(line => line.Unit == "node-hour");
        var beside = new Usd(cost.Lines.Where(line => line != nodes).Sum(line => line.Ceiling!.Value.Amount));
        var bill = ActualCost.Calculate(billableSeconds, cost.JobRatePerHour!.Value);
        return new Outcome(bill, nodes.Expected!.Value, cost.P90!.Value - beside, nodes.Ceiling!.Value, cost.CostSimulation!);
    }

    private static PlanRecord Plan { get; } = new()
    {
        PlanSha256 = "",
        TerraformVersion = "",
        PlannedAt = default,
        Add = 0,
        Change = 0,
        Destroy = 0,
        Resources = [],
        InterfaceEndpointZones = 0,
        MaxRunCostUsd = new Usd(1_000_000),
    };

    private static async Task<int> BillableSecondsAsync(VariedRun run)
    {
        await using var harness = new JobHarness(Sparse);
        var request = JobHarness.Request(
            nodes: run.Job.InstanceCount, spot: run.Job.UseSpotInstances, maxRuntime: run.Job.MaxRuntimeSeconds, maxWait: run.Job.MaxWaitSeconds ?? 0);
        await harness.SubmitAsync(request, run.Schedule);
        var done = TimeSpan.Zero;
        for (var attempt = 1; !harness.Job().IsOver; attempt++)
        {
            await harness.ToTrainingAsync(attempt);
            done = await AttemptAsync(harness, run, attempt, done);
        }

        return harness.Job().BillableTimeInSeconds(harness.Time.GetUtcNow())!.Value;
    }

    /// <summary>The programs of one attempt: they load, train, save at each interval, and end when the work is done.</summary>
    /// <returns>The work that the newest checkpoint holds.</returns>
    private static async Task<TimeSpan> AttemptAsync(JobHarness harness, VariedRun run, int attempt, TimeSpan done)
    {
        harness.EndWhenAsked();

        var start = attempt == 1 ? TimeSpan.Zero : run.Restart;
        var needed = start + ((run.Work - done) * run.Pace);
        var left = TimeSpan.FromSeconds(run.Job.MaxRuntimeSeconds) - harness.Job().WorkedTime(harness.Time.GetUtcNow());
        var timeBetweenInterruptions = run.Job.UseSpotInstances ? run.TimesBetweenInterruptions[attempt - 1] : TimeSpan.MaxValue;
        if (needed < left && needed < timeBetweenInterruptions)
        {
            await harness.JumpAsync(needed);
            foreach (var node in harness.Runner.Current)
            {
                node.End(0);
            }

            await harness.UntilAsync(job => job.IsOver);
            return run.Work;
        }

        await harness.JumpAsync(left <= timeBetweenInterruptions ? left : timeBetweenInterruptions);
        await harness.UntilAsync(job => job.IsOver || (left > timeBetweenInterruptions && job.Phase is not Phase.Training));
        return left <= timeBetweenInterruptions ? done : done + run.Saved(timeBetweenInterruptions - start);
    }

    private sealed record Outcome(Usd Bill, Usd Expected, Usd P90, Usd Ceiling, CostSimulationRecord Time);
}
