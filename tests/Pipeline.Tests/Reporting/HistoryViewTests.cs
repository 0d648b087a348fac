using BuildPipeline.History;
using BuildPipeline.Pipeline.Tests.Tasks;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Reporting;
using Spectre.Console;
using Spectre.Console.Testing;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>What a person sees of many runs, at terminals of several widths and in a log.</summary>
public sealed class HistoryViewTests
{
    [Theory]
    [InlineData(80, false)]
    [InlineData(200, true)]
    public void Given_ATerminal_When_RunsAreListed_Then_NoLineIsLongerThanItAndTheWideOneHasMore(int width, bool hasApprover)
    {
        var output = new TerminalOutput { Width = width };

        HistoryView.Show(Console(output), Document(open: false));

        Assert.All(output.ToString().Split('\n'), line => Assert.InRange(line.TrimEnd('\r').Length, 0, width));
        Assert.Contains(TestRuns.RunId, output.ToString(), StringComparison.Ordinal);
        Assert.Equal(hasApprover, output.ToString().Contains("Approved by", StringComparison.Ordinal));
    }

    [Fact]
    public void Given_ALog_When_RunsAreListed_Then_EachIsALineWithEveryColumnAndAnOpenOneHasItsCommand()
    {
        using var console = new TestConsole().Width(40);

        HistoryView.Show(console, Document(open: true));

        var line = Assert.Single(console.Output.Split('\n'), line => line.StartsWith(TestRuns.RunId, StringComparison.Ordinal));
        Assert.Contains("demo-sandbox", line, StringComparison.Ordinal);
        Assert.Contains("a-machine", line, StringComparison.Ordinal);
        Assert.Contains("./build.sh --next", console.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "launched, not closed", " - ")]
    [InlineData("InProgress", "launched, InProgress", " 0 ")]
    public void Given_AnOpenRunWhoseJobHasNotEnded_When_Listed_Then_WhatIsNotKnownIsADash(string? status, string state, string interruptions)
    {
        using var console = new TestConsole().Width(40);
        var run = TestRuns.Run with { Attempts = [TestRuns.Intent with { Status = status }] };

        HistoryView.Show(console, new() { Environment = "dev", Runs = [HistoryEntry.From(run, "a-machine")], Totals = [], Unreadable = [] });

        var line = Assert.Single(console.Output.Split('\n'), line => line.StartsWith(TestRuns.RunId, StringComparison.Ordinal));
        Assert.Contains(state, line, StringComparison.Ordinal);
        Assert.DoesNotContain("$0.00", line, StringComparison.Ordinal);
        Assert.Contains(interruptions, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_NoRun_When_Listed_Then_ThatIsSaidAndThereIsNoTable()
    {
        using var console = new TestConsole();

        HistoryView.Show(console, Document(open: false) with { Runs = [], Totals = [], Team = "vision" });

        Assert.DoesNotContain("Ceiling", console.Output, StringComparison.Ordinal);
        Assert.Contains("vision", console.Output, StringComparison.Ordinal);
    }

    private static IAnsiConsole Console(TerminalOutput output) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = output });

    private static HistoryDocument Document(bool open)
    {
        var run = TestRuns.Run with { ClosedAt = open ? null : TestRuns.Start };
        HistoryEntry[] runs = [HistoryEntry.From(run, "a-machine") with { Next = open ? "./build.sh --next" : null }];
        return new() { Environment = "dev", Runs = runs, Totals = HistoryTotal.From(runs), Unreadable = [] };
    }
}
