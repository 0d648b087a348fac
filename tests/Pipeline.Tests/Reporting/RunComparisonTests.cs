using BuildPipeline.Evidence;
using BuildPipeline.Pipeline.Tests.Tasks;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terraform;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Pipeline.Tests.Reporting;

public sealed class RunComparisonTests
{
    private static readonly RunRecord First = TestRuns.Run with
    {
        Commit = "a",
        Plan = Sample.Plan with { Configuration = new ConfigurationRecord { Variables = new Dictionary<string, string> { ["seed"] = "1" } } },
        Attempts =
        [
            TestRuns.Intent with
            {
                Outcome = OutcomeKind.Completed,
                Cost = new Usd(1m),
                BillableSeconds = 30,
                Transitions = [Transition("Starting", 0, 10), Transition("Training", 10, 30), Transition("Interrupted", 30, 35), Transition("Training", 35, 45)],
            },
        ],
        Evidence = new EvidenceRecord
        {
            Findings = [],
            Checkpoints = [],
            Interruptions = [],
            FinalMetrics = new Dictionary<string, double> { ["validation:loss"] = 1.5, ["accuracy"] = 0.9 },
            FinalStep = 400,
        },
    };

    [Fact]
    public void Given_ARunAndItself_When_Compared_Then_NoSettingDiffers() => Assert.Empty(RunComparison.From(First, First).Changes);

    [Fact]
    public void Given_TwoRuns_When_Compared_Then_TheSettingsThatDifferAreNamedByTheirPath()
    {
        var second = First with
        {
            Commit = "b",
            Plan = Sample.Plan with { Configuration = new ConfigurationRecord { Variables = new Dictionary<string, string> { ["seed"] = "2", ["nodes"] = "3" } } },
            Subject = First.Subject! with { SourceSha256 = new string('e', 64), DataSha256 = new Dictionary<string, string> { ["train"] = "d" } },
            Job = First.Job! with { InstanceCount = 3, TrainingImageUri = "image:2", Hyperparameters = new Dictionary<string, string> { ["seed"] = "8" } },
        };

        var changes = RunComparison.From(First, second).Changes;

        Assert.Equal(
            [
                ("commit", "a", "b"), ("data_sha256.train", null, "d"), ("job.hyperparameters.seed", "7", "8"), ("job.instance_count", "2", "3"),
                ("job.training_image_uri", "sandbox/builtin", "image:2"), ("source_sha256", new string('b', 64), new string('e', 64)), ("variables.nodes", null, "3"), ("variables.seed", "1", "2"),
            ],
            changes.Select(change => (change.Name, change.First, change.Second)));
    }

    [Fact]
    public void Given_ARunThatHasEndedAndOneThatWasOnlyPlanned_When_Compared_Then_WhatIsNotKnownIsNull()
    {
        var comparison = RunComparison.From(First, TestRuns.Run with { Attempts = [], Approval = null });

        var (ended, planned) = (comparison.Runs[0], comparison.Runs[1]);
        Assert.Equal((45, 15, 30, 30, 1, 400), (ended.TotalSeconds, ended.WaitingSeconds, ended.TrainingSeconds, ended.BillableSeconds, ended.Interruptions, ended.LastStep));
        Assert.Equal((0, null, null), (planned.TotalSeconds, planned.CeilingUsd, planned.LastStep));
        Assert.Equal([("accuracy", 0.9, null), ("validation:loss", 1.5, null)], comparison.Metrics.Select(metric => (metric.Name, metric.First, metric.Second)));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(200)]
    public void Given_ATerminal_When_RunsWithLongSettingsAreCompared_Then_NoLineIsLongerThanIt(int width)
    {
        var output = new TerminalOutput { Width = width };
        var second = First with { Job = First.Job! with { TrainingImageUri = new string('x', 300), Hyperparameters = new Dictionary<string, string> { [new string('n', 90)] = "1\n2" } } };

        ComparisonView.Show(AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = output }), RunComparison.From(First, second));

        Assert.All(output.ToString().Split('\n'), line => Assert.InRange(line.TrimEnd('\r').Length, 0, width));
    }

    private static StatusTransition Transition(string status, double from, double to) => new(status, TestRuns.Start.AddSeconds(from), TestRuns.Start.AddSeconds(to), null);
}
