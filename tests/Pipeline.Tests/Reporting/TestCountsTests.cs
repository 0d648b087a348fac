using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Reporting;

namespace BuildPipeline.Pipeline.Tests.Reporting;

public sealed class TestCountsTests : IDisposable
{
    private readonly TempFolder _results = new();

    public void Dispose() => _results.Dispose();

    [Fact]
    public void Given_ResultsOfBothRunners_When_Read_Then_TheyAreOneLine()
    {
        _results.Write("a.trx", """<TestRun xmlns="urn:t"><ResultSummary><Counters total="10" executed="8" passed="7" failed="1" /></ResultSummary></TestRun>""");
        _results.Write("b.trx", """<TestRun xmlns="urn:t"><ResultSummary><Counters total="5" executed="5" passed="5" failed="0" /></ResultSummary></TestRun>""");
        _results.Write("training.junit.xml", """<testsuites><testsuite tests="20" failures="2" errors="1" skipped="4" /></testsuites>""");

        Assert.Equal("25 passed, 4 failed, 6 skipped", TestCounts.Read(_results.Root));
    }

    [Fact]
    public void Given_NoResults_When_Read_Then_AllIsZero() => Assert.Equal("0 passed, 0 failed, 0 skipped", TestCounts.Read(_results.Root));
}
