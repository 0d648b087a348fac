using System.Text.RegularExpressions;
using BuildPipeline.Cli;
using BuildPipeline.Costing;
using BuildPipeline.Hosting;
using BuildPipeline.JobLogs;
using BuildPipeline.Prices;
using BuildPipeline.Reporting;
using BuildPipeline.Training;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console.Testing;

namespace BuildPipeline.Pipeline.Tests.Reporting;

public sealed partial class ViewTests
{
    private static readonly PriceBook Book = new();
    private static readonly CostEstimator Estimator = new(Book, new FakeTimeProvider(Sample.Noon));

    private readonly TestConsole _console = new TestConsole().Width(120);

    [Fact]
    public void Given_APrice_When_Shown_Then_EachFigureHasItsBar()
    {
        CostView.Show(_console, Estimator.Estimate(Sample.Job, Sample.Plan, Book.Snapshot("us-east-1", "ml.g5.xlarge") with { Notes = ["The list is refused."] }));

        Assert.Matches(@"expected +█+ +\$0\.33", _console.Output);
        Assert.Contains("The list is refused.", _console.Output, StringComparison.Ordinal);
        Assert.Contains("project's price table", _console.Output, StringComparison.Ordinal);
        Assert.Matches(@"ceiling +█+ +\$1\.55", _console.Output);
        Assert.Matches(@"per-run limit +█{30} +\$5\.00", _console.Output);
    }

    [Fact]
    public void Given_RetriesAndACheckOfTheNodes_When_Shown_Then_WhatARetryCostsIsSaidAndTheCeilingIsTheSame()
    {
        CostView.Show(_console, Estimator.Estimate(Sample.Job with { MaxRetryAttempts = 3, EnableInfraCheck = true }, Sample.Plan, Book.Snapshot("us-east-1", "ml.g5.xlarge")));

        // 2 nodes x (300 s of a restart + 60 s of an interval) x 1.408 $/h
        Assert.Contains("Up to 3 retries after an internal error of AWS, about $0.28 each", _console.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("AWS checks the nodes", _console.Output, StringComparison.Ordinal);
        Assert.Matches(@"ceiling +█+ +\$1\.55", _console.Output);
    }

    [Fact]
    public void Given_AnUnknownPrice_When_Shown_Then_ItIsCalledUnknown()
    {
        CostView.Show(_console, Estimator.Estimate(Sample.Job with { Region = "eu-west-1" }, Sample.Plan, Book.Snapshot("eu-west-1", "ml.g5.xlarge")));

        Assert.Matches(@"ceiling +unknown +unknown", _console.Output);
        Assert.DoesNotContain("$0.00 ", _console.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.277, 0.277, null, "max_wait_seconds")]
    [InlineData(0.277, 0.1, null, "max_runtime_seconds")]
    [InlineData(0.277, null, null, "max_runtime_seconds")]
    [InlineData(0.009, 0.009, null, null)]
    [InlineData(0.277, 0.277, 6.0, null)]
    public void Given_ASimulatedStop_When_Shown_Then_TheVariableToRaiseIsNamedUnlessItIsNegligible(double risk, double? atMaxWait, double? deadlineHours, string? raise)
    {
        var cost = Estimator.Estimate(Sample.Job, Sample.Plan, Book.Snapshot("us-east-1", "ml.g5.xlarge"));

        CostView.Show(_console, cost with { CostSimulation = cost.CostSimulation! with { DeadlineRisk = risk, MaxWaitRisk = atMaxWait, DeadlineHours = deadlineHours } });

        var raised = RaisePattern().Match(_console.Output);
        Assert.Equal(raise, raised.Success ? raised.Groups[1].Value : null);
    }

    [GeneratedRegex("Raise (\\w+)")]
    private static partial Regex RaisePattern();

    [Fact]
    public void Given_NoTerminal_When_AJobIsWatched_Then_OnlyWhatChangesIsALine()
    {
        using var view = TrainingViews.Create(_console);
        var training = Progress("Training") with { NewLogLines = [new LogLine("algo-1", 1, "step=1 train:loss=4.5")] };

        view.Show(Progress("Starting"));
        view.Show(Progress("Starting"));
        view.Show(training);
        view.Show(Progress("Starting") with { Interruptions = 1, CheckpointStep = 100 });
        view.Show(Progress("Starting") with { Interruptions = 1, CheckpointStep = 100, Retries = 1 });

        Assert.Equal(
            [
                "1 s InProgress/Starting (spot)",
                "[algo-1.1] step=1 train:loss=4.5",
                "1 s InProgress/Training (spot)",
                "1 s Interrupted: spot capacity reclaimed (interruption 1)",
                "1 s InProgress/Starting (spot)",
                "1 s complete checkpoint at step 100, loss -, spent at most unknown of unknown",
                "1 s Retried: internal error of AWS (retry 1)",
            ],
            _console.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Given_TheHelp_When_Shown_Then_EveryTargetAndOptionIsThere()
    {
        HelpPage.Show(_console, Targets.All, target: null);

        Assert.All(Targets.All, target => Assert.Contains(target.Name, _console.Output, StringComparison.Ordinal));
        Assert.All(OptionCatalog.All, option => Assert.Contains("--" + option.Name, _console.Output, StringComparison.Ordinal));
    }

    [Fact]
    public void Given_TheHelpOfOneTarget_When_Shown_Then_OthersOptionsAreNot()
    {
        HelpPage.Show(_console, Targets.All, "Cleanup");

        Assert.Contains("--purge-artifacts", _console.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("--interruptions", _console.Output, StringComparison.Ordinal);
    }

    private static JobProgress Progress(string secondary) => new()
    {
        JobName = "job",
        Status = "InProgress",
        SecondaryStatus = secondary,
        CapacityState = "spot",
        Elapsed = TimeSpan.FromSeconds(1),
    };
}
