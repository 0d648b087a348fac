using BuildPipeline.Replay;

namespace BuildPipeline.Pipeline.Tests.Replay;

public sealed class SlackSweepTests
{
    [Fact]
    public void Given_ATrace_When_Swept_Then_SlackNeverMakesTheBoundCostMoreAndOnlySpotOnlyIsLate()
    {
        var points = SlackSweep.Run([Traces.Of(0.5, Enumerable.Repeat(7, 30))]);

        Assert.Equal([.. points.Select(point => point.Slack).Order()], points.Select(point => point.Slack));
        Assert.All(points, point => Assert.Equal(SlackSweep.Starts, point.Jobs));
        Assert.All(points, point => Assert.All(point.Scores, score => Assert.True(score.Late == 0 || score.Policy == "spot-only", score.Policy)));
        Assert.All(points.Zip(points.Skip(1)), pair => Assert.True(pair.Second.Scores[0].Cost <= pair.First.Scores[0].Cost + 1e-9));
    }

    [Fact]
    public void Given_OnlyShortTraces_When_Swept_Then_TheSentenceSaysHowLongTheyMustBe()
    {
        var error = Assert.Throws<PipelineException>(() => SlackSweep.Run([Traces.Of(0.5, [10])]));

        Assert.Equal(ExitCode.BadConfiguration, error.ExitCode);
        Assert.Contains("No trace is longer than 24 h", error.Message, StringComparison.Ordinal);
    }
}
