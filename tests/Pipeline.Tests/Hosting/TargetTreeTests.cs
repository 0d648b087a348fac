using BuildPipeline.Cli;
using BuildPipeline.Hosting;
using Spectre.Console.Testing;

namespace BuildPipeline.Pipeline.Tests.Hosting;

/// <summary>What <c>--tree</c> shows.</summary>
public sealed class TargetTreeTests
{
    private readonly TestConsole _console = new();

    [Fact]
    public void Given_TargetsThatShareADependency_When_Shown_Then_ItIsBelowEachAndOnlyRootsStartALine()
    {
        Target[] targets = [new("All", "", ["Build", "Test"]), new("Build", "", []), new("Clean", "", []), new("Test", "", ["Build"])];

        TargetTree.Show(_console, targets);

        Assert.Equal(["All", "├─ Build", "└─ Test", "   └─ Build", "Clean"], _console.Lines);
    }

    [Theory]
    [InlineData("--tree")]
    [InlineData("--tree", "--target=Launch")]
    public void Given_Tree_When_Run_Then_EveryTargetIsShownAndNoneRuns(params string[] arguments)
    {
        var code = EntryPoint.Run(arguments, _console);

        Assert.Equal(0, code);
        Assert.All(Targets.All, target => Assert.Contains(_console.Lines, line => line.EndsWith(target.Name, StringComparison.Ordinal)));
        Assert.DoesNotContain(_console.Lines, line => line.Contains('✓', StringComparison.Ordinal));
    }
}
