using BuildPipeline.Goodput;
using BuildPipeline.History;
using BuildPipeline.Kernel;
using BuildPipeline.Runs;
using Xunit.Abstractions;

namespace BuildPipeline.Sandbox.Tests.Goodput;

/// <summary>Random runs of the sandbox's own job and market machinery, on a virtual clock: what the bill is said to have gone into, against what the sandbox knows.</summary>
public sealed class GoodputResearchTests(ITestOutputHelper output)
{
    private static readonly string[] Teams = ["research", "product", "search"];

    [Trait("Tier", "all")]
    [Fact]
    public Task Given_two_hundred_random_runs_When_their_goodput_is_calculated_Then_it_sums_to_the_bill_and_lost_work_is_within_one_step() => CheckAsync(200, 50);

    [Fact]
    public Task Given_a_few_random_runs_When_their_goodput_is_calculated_Then_the_same_holds() => CheckAsync(6, 1);

    private async Task CheckAsync(int runs, int leastOftenInterrupted)
    {
        var (entries, worst, often, lostRuns) = (new List<HistoryEntry>(), 0.0, 0, 0);
        for (var seed = 0; seed < runs; seed++)
        {
            var run = new SimulatedRun(seed);
            await run.RunAsync();
            var goodput = run.Goodput;

            Assert.Equal(run.Attempts.Sum(attempt => (long)attempt.BillableSeconds!.Value), goodput.Shares.Sum(share => share.BilledSeconds));
            Assert.Equal(run.Attempts.Aggregate((Usd?)Usd.Zero, (sum, attempt) => sum + attempt.Cost), goodput.Shares.Aggregate((Usd?)Usd.Zero, (sum, share) => sum + share.Cost));
            var (found, known) = (goodput.Shares.Single(share => share.Category == GoodputCategory.LostWork).NodeSeconds, run.LostSeconds());
            Assert.True(Math.Abs(found - known) <= run.StepSeconds, $"seed {seed}: {found:0.##} s of lost work, where the sandbox knows of {known:0.##} s; a step takes {run.StepSeconds:0.##} s");
            (worst, often, lostRuns) = (Math.Max(worst, Math.Abs(found - known)), often + (run.Interruptions >= 2 ? 1 : 0), lostRuns + (known > 0 ? 1 : 0));
            entries.Add(Entry(seed, goodput));
        }

        foreach (var total in HistoryTotal.From(entries))
        {
            var parts = entries.Where(entry => entry.Team == total.Team && entry.Month() == total.Month).Select(entry => entry.Goodput!).ToList();
            Assert.Equal((parts.Sum(part => part.BilledSeconds), total.Goodput!.BilledSeconds), (total.Goodput.Seconds.Values.Sum(), total.Goodput.Seconds.Values.Sum()));
            Assert.Equal(parts.Sum(part => part.Cost!.Value.Amount), total.Goodput.Dollars!.Values.Sum(dollars => dollars.Amount));
        }

        output.WriteLine($"{runs} runs, {often} with two or more interruptions, {lostRuns} with lost work; lost work differs by at most {worst:0.###} s.");
        Assert.True(often >= leastOftenInterrupted, $"only {often} runs were interrupted twice or more");
    }

    private static HistoryEntry Entry(int seed, GoodputRecord goodput) => new()
    {
        RunId = $"2026{1 + (seed % 2):00}01-000000-{seed:x4}", StartedAt = default, State = RunState.ClosedValidated, StateText = "validated", IsOpen = false, Team = Teams[seed % Teams.Length],
        Attempts = 1, Interruptions = 0, NextStep = NextStep.None, LastEvent = 1, Goodput = GoodputTotal.From([goodput]),
    };
}
