using BuildPipeline.Replay;

namespace BuildPipeline.Pipeline.Tests.Replay;

public sealed class SpotTraceReaderTests
{
    [Fact]
    public void Given_ATrace_When_Read_Then_TicksAndNodesAreKnown()
    {
        var trace = SpotTraceReader.Read("a.json", """{"metadata":{"gap_seconds":600},"data":[0,4,3]}""");

        Assert.Equal(1 / 6.0, trace.TickHours, 9);
        Assert.Equal(4, trace.LargestNodeGroup);
        Assert.False(trace.IsUp(2, 4));
        Assert.True(trace.IsUp(2, 3));
    }

    [Theory]
    [InlineData("""{"metadata":{"gap_seconds":600},"data":[0,-1]}""", "-1 at tick 1. Values are instances available")]
    [InlineData("""{"metadata":{"gap_seconds":600},"data":[0,0]}""", "inverted")]
    [InlineData("""{"metadata":{"gap_seconds":600},"data":[1,null]}""", "a gap at tick 1")]
    [InlineData("""{"metadata":{"gap_seconds":600},"data":[1,"x"]}""", "\"x\" at tick 1, which is not a number")]
    [InlineData("""{"metadata":{"gap_seconds":600},"data":[1,true]}""", "true at tick 1, which is not a number")]
    [InlineData("""{"metadata":{"gap_seconds":600},"data":[0.5]}""", "whole numbers of instances")]
    [InlineData("""{"metadata":{"gap_seconds":600},"data":[]}""", "has no samples")]
    [InlineData("""{"metadata":{"gap_seconds":600}}""", "has no samples")]
    [InlineData("""{"metadata":{"gap_seconds":0},"data":[1]}""", "needs metadata.gap_seconds")]
    [InlineData("""{"metadata":{"gap_seconds":1e999},"data":[1]}""", "needs metadata.gap_seconds")]
    [InlineData("""{"data":[1]}""", "needs metadata.gap_seconds")]
    [InlineData("[1,0]", "needs metadata.gap_seconds")]
    [InlineData("""{"metadata":{"gap_seconds":600},"data":[1,0""", "is not valid JSON")]
    [InlineData("""{"metadata":{"gap_seconds":600},"data":[1,NaN]}""", "is not valid JSON")]
    public void Given_ABadTrace_When_Read_Then_TheSentenceSaysWhatAndWhere(string json, string said)
    {
        var error = Assert.Throws<PipelineException>(() => SpotTraceReader.Read("a.json", json));

        Assert.Equal(ExitCode.BadConfiguration, error.ExitCode);
        Assert.Contains("trace a.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_NoFolder_When_Read_Then_TheOptionIsNamed() => Assert.Contains(
        "--traces=DIR", Assert.Throws<PipelineException>(() => SpotTraceReader.ReadFolder("/nowhere/at/all")).Message, StringComparison.Ordinal);

    [SkippableFact]
    public void Given_ALoopOfLinks_When_AFolderIsRead_Then_TheLinkIsNamed()
    {
        Skip.If(OperatingSystem.IsWindows(), "Symbolic links need rights on Windows: a loop in a traces folder was not tested.");
        var folder = Directory.CreateTempSubdirectory("traces-tests-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "a.json"), """{"metadata":{"gap_seconds":600},"data":[1]}""");
            Assert.Single(SpotTraceReader.ReadFolder(folder));
            Directory.CreateSymbolicLink(Path.Combine(folder, "loop"), folder);

            var exception = Assert.Throws<PipelineException>(() => SpotTraceReader.ReadFolder(folder));

            Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
            Assert.Contains(Path.Combine(folder, "loop"), exception.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
