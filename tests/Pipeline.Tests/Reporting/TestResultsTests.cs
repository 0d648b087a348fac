using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Reporting;

namespace BuildPipeline.Pipeline.Tests.Reporting;

public sealed class TestResultsTests : IDisposable
{
    private readonly TempFolder _results = new();

    public void Dispose() => _results.Dispose();

    [Fact]
    public void Given_ResultsOfBothRunners_When_Read_Then_TheyAreOneLine()
    {
        _results.Write("a.trx", """<TestRun xmlns="urn:t"><ResultSummary><Counters total="10" executed="8" passed="7" failed="1" /></ResultSummary></TestRun>""");
        _results.Write("b.trx", """<TestRun xmlns="urn:t"><ResultSummary><Counters total="5" executed="5" passed="5" failed="0" /></ResultSummary></TestRun>""");
        _results.Write("training.junit.xml", """<testsuites><testsuite tests="20" failures="2" errors="1" skipped="4" /></testsuites>""");

        Assert.Equal("25 passed, 4 failed, 6 skipped", TestResults.Read(_results.Root).Counts);
    }

    [Fact]
    public void Given_NoResults_When_Read_Then_AllIsZero() => Assert.Equal("0 passed, 0 failed, 0 skipped", TestResults.Read(_results.Root).Counts);

    [Fact]
    public void Given_FailuresInBothRunners_When_Read_Then_EachIsNamedWithItsReason()
    {
        _results.Write("a.trx", """
            <TestRun xmlns="urn:t"><Results>
              <UnitTestResult testName="B.Fails" outcome="Failed"><Output><ErrorInfo><Message>1 is not 2</Message><StackTrace>at B.cs:line 3</StackTrace></ErrorInfo></Output></UnitTestResult>
              <UnitTestResult testName="B.Passes" outcome="Passed" />
              <UnitTestResult testName="B.Skipped" outcome="NotExecuted" />
            </Results></TestRun>
            """);
        _results.Write("training.junit.xml", """
            <testsuites><testsuite tests="3" failures="1" errors="1" skipped="1">
              <testcase classname="tests.a" name="fails"><failure message="short">long</failure></testcase>
              <testcase classname="tests.a" name="does_not_start"><error message="short">no fixture</error></testcase>
              <testcase classname="tests.a" name="is_skipped"><skipped message="why" /></testcase>
            </testsuite></testsuites>
            """);

        Assert.Equal(
            [new("B.Fails", "1 is not 2\nat B.cs:line 3"), new("tests.a.does_not_start", "no fixture"), new("tests.a.fails", "long")],
            TestResults.Read(_results.Root).Failed);
    }
}
