using BuildPipeline.Budgets;
using BuildPipeline.Costing;
using BuildPipeline.Evidence;
using BuildPipeline.Jobs;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Reporting;

public sealed class ReceiptTests
{
    private static readonly RunRecord Launched = ExampleRun.Launched;

    [Fact]
    public void Given_AFinishedRun_When_Written_Then_ItsFiguresAreThoseOfTheRecord()
    {
        var page = Written.Markdown(Launched, Sample.Noon);

        Assert.StartsWith("## ✅ Training completed and validated; $0.0235 billed of $1.51 approved; no deadline; nothing to do.\n", page, StringComparison.Ordinal);
        Assert.Matches(@"ceiling +\$1\.51 █+\np90 +\$0\.71 █+\nexpected +\$0\.49 █+\nbilled +\$0\.0235 █\nsame work on demand +\$0\.0782 █\n", page);
        Assert.Contains("Billed 30 of 100 training seconds on 2 nodes at $2.82 an hour for all nodes; 70% cheaper than on-demand.", page, StringComparison.Ordinal);
        Assert.Contains("| 2026-01-31 12:02:10 UTC | spot capacity reclaimed | 2026-01-31 12:02:40 UTC | 30 s | 200 |", page, StringComparison.Ordinal);
        Assert.Contains("| validation:loss | 2.14609 |", page, StringComparison.Ordinal);
        Assert.Contains("| ✅ | checkpoints | 3 complete `\\|` all of them. |", page, StringComparison.Ordinal);
        Assert.Contains("someone (amount typed at a terminal)", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_AJobOfTerraform_When_Written_Then_TheReceiptSaysThatNobodyApprovedItAndWhatWasNotChecked()
    {
        var adopted = Launched with
        {
            Plan = null,
            Cost = null,
            Approval = null,
            Adopted = new() { ArtifactFolder = "0123456789abcdef", RatePerHour = new Usd(2.816m) },
            Evidence = Launched.Evidence! with { Findings = [.. Launched.Evidence.Findings, Finding.NotChecked("approval", "None.")] },
        };

        var page = Written.Markdown(adopted, Sample.Noon);

        Assert.StartsWith("## ⚠️ Training completed; not checked: approval; $0.0235 billed, nothing approved here; no deadline; ", page, StringComparison.Ordinal);
        Assert.Contains("| Approved by | nobody here: Terraform submitted the job |", page, StringComparison.Ordinal);
        Assert.Matches(@"Terraform's ceiling +unknown\nbilled +\$0\.0235 ", page);
        Assert.Contains("Billed 30 of 100 training seconds on 2 nodes at $2.82 an hour", page, StringComparison.Ordinal);
        Assert.Contains("| not checked | approval | None. |", page, StringComparison.Ordinal);
        Assert.Contains("/0123456789abcdef/checkpoints/", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_Transitions_When_Split_Then_EverySecondIsCountedOnce()
    {
        var split = TimeSplit.Calculate(Launched, Sample.Noon);

        Assert.Equal(
            new TimeSplit(TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(10), TimeSpan.Zero),
            split);
        Assert.Equal(TimeSpan.FromSeconds(200), split.Total);
    }

    [Fact]
    public void Given_ATeamWithLimits_When_Written_Then_TheReceiptSaysWhatWasReservedSettledAndIsLeft()
    {
        var limits = new TeamLimits { UsdPerMonth = new Usd(10), GpuHoursPerMonth = 20 };
        var standing = new TeamBudget("research", limits, "2026-01", new BudgetAmounts(new Usd(3), 4, 0), new BudgetAmounts(new Usd(2), 1, 2), BudgetAmounts.None);
        var hold = new BudgetHold("research", new BudgetAmounts(new Usd(1.51m), 1.07m, 2), Sample.Noon, TeamBalance: standing);

        string Of(BudgetHold budget) => Written.Markdown(Launched with { Budget = budget }, Sample.Noon);

        Assert.Contains("### Budget of team research, 2026-01 (UTC)", Of(hold), StringComparison.Ordinal);
        Assert.Contains("| dollars | $1.51 | - | $5.00 | $3.49 of $10.00 |", Of(hold), StringComparison.Ordinal);
        var settled = Of(hold with { Settled = new Usd(0.0235m), SettledGpuHours = 0.0556m });
        Assert.Contains("| dollars | $1.51 | $0.0235 | $5.00 | $4.98 of $10.00 |", settled, StringComparison.Ordinal);
        Assert.Contains("| GPU-hours | 1.07 | 0.0556 | 5 | 14.9444 of 20 |", settled, StringComparison.Ordinal);

        // Settled in the month after the one that it counts in.
        var later = hold with { Settled = new Usd(1), TeamBalance = standing with { Month = "2026-02", Limits = new TeamLimits { UsdPerMonth = new Usd(6) } } };
        Assert.Contains("| dollars | $1.51 | $1.00 | $5.00 | $1.00 of $6.00 |", Of(later), StringComparison.Ordinal);
        Assert.Contains("no limit |", Of(later), StringComparison.Ordinal);
        Assert.DoesNotContain("### Budget", Written.Markdown(Launched, Sample.Noon), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_ARunThatFailedEarly_When_Written_Then_TheSentenceAndTheCodeAreThereAndNothingElseIsClaimed()
    {
        var run = new RunRecord { RunId = "r", Environment = "sandbox", StartedAt = Sample.Noon, ExitCode = ExitCode.Refused, Error = "Over the limit. Use:\n  ./build.sh --target=Stop\n  ./build.sh --target=Launch" };

        var page = Written.Markdown(run, Sample.Noon);

        Assert.Contains("> **Exit code 3.** Over the limit. Use:\\\n> `./build.sh --target=Stop`\\\n> `./build.sh --target=Launch`\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("###", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_AnUnknownCost_When_Written_Then_ItIsCalledUnknownNeverZero()
    {
        var run = Launched with { Cost = Launched.Cost! with { Expected = null, P90 = null, Ceiling = null }, Attempts = [Launched.Attempts[0] with { Cost = null }] };

        Assert.Matches(@"ceiling +unknown\np90 +unknown\nexpected +unknown\nbilled +unknown\n", Written.Markdown(run, Sample.Noon));
    }

    [Fact]
    public void Given_JobsOnTwoNodeOptions_When_Written_Then_EachHasItsNodesAndItsOwnRate()
    {
        var refused = Launched.Attempts[0] with { TrainingSeconds = null, BillableSeconds = 0, Cost = Usd.Zero, Outcome = OutcomeKind.NoCapacity, OutcomeSentence = "AWS had no capacity." };
        var run = Launched with
        {
            Job = Sample.Job with { InstanceFallbacks = [new FallbackOption { InstanceType = "ml.g6.2xlarge", InstanceCount = 4, UseSpotInstances = false }] },
            Cost = Launched.Cost! with { NodeOptions = [new NodeOptionCost("ml.g5.xlarge", 2, true, new Usd(2.816m), new Usd(1.51m)), new NodeOptionCost("ml.g6.2xlarge", 4, false, new Usd(4.888m), new Usd(2m))] },
            Attempts = [refused, Launched.Attempts[0] with { Number = 2, JobName = "job-a2", NodeOption = 2, Market = Market.OnDemand }],
        };

        var page = Written.Markdown(run, Sample.Noon);

        Assert.Contains("| Nodes | 2 x ml.g5.xlarge, managed spot, fallback: 4 x ml.g6.2xlarge, on-demand, us-east-1 |", page, StringComparison.Ordinal);
        Assert.Contains("| 2 x ml.g5.xlarge | spot | 0 s | - | $0.00 | AWS had no capacity. |", page, StringComparison.Ordinal);
        Assert.Contains("| `job-a2` | 4 x ml.g6.2xlarge | on-demand | 1 min 40 s | 600 | $0.0235 | The training is done. |", page, StringComparison.Ordinal);
        Assert.Contains("Billed 30 of 100 training seconds on 4 nodes at $4.89 an hour", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BP1202", ExitCode.Refused, "> **Exit code 3.** BP1202 The run costs too much.")]
    [InlineData("", ExitCode.StillRunning, "> The run costs too much.")]
    [InlineData(null, ExitCode.StillRunning, "> The run costs too much.")]
    public void Given_AnError_When_TheReceiptIsWritten_Then_ItHasItsId(string? id, ExitCode code, string line) => Assert.Contains(
        line, Written.Markdown(Launched with { ExitCode = code, ErrorId = id, Error = "The run costs too much." }, Sample.Noon).Split('\n'));
}
