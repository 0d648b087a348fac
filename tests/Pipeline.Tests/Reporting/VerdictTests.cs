using BuildPipeline.Evidence;
using BuildPipeline.Reporting.Receipts;
using BuildPipeline.Runs;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>The first sentence of a receipt.</summary>
public sealed class VerdictTests
{
    private static readonly RunRecord Done = ExampleRun.Launched;
    private static readonly RunRecord Open = Done with { ExitCode = ExitCode.StillRunning, Evidence = null, Stage = RunStage.Launched, Attempts = [Done.Attempts[0] with { Outcome = null, Cost = null }] };

    [Theory]
    [InlineData(600, "on time, 6 min 40 s to spare")]
    [InlineData(100, "late by 1 min 40 s")]
    [InlineData(null, "no deadline")]
    public void Given_ACompletedRun_When_ItsEndIsComparedWithTheDeadline_Then_TheSentenceSaysSo(int? deadline, string time) =>
        AssertPart(Done with { DeadlineAt = deadline is { } seconds ? Sample.Noon.AddSeconds(seconds) : null }, 2, time);

    [Theory]
    [InlineData(600, "due in 5 min")]
    [InlineData(100, "late by 3 min 20 s so far")]
    public void Given_ARunningJob_When_Written_Then_TheSentenceCountsFromNow(int deadline, string time) =>
        AssertPart(Open with { DeadlineAt = Sample.Noon.AddSeconds(deadline) }, 2, time);

    [Fact]
    public void Given_AJobThatFailed_When_Written_Then_ItsDeadlineWasNotMet() =>
        AssertPart(Done with { ExitCode = ExitCode.Failed, Error = "It failed.", Evidence = null, Attempts = [Done.Attempts[0] with { Outcome = OutcomeKind.Failed }], DeadlineAt = Sample.Noon.AddDays(1) }, 2, "its deadline was not met");

    [Fact]
    public void Given_DifferentBills_When_Written_Then_AnUnknownOneIsNeverZero()
    {
        AssertPart(Done, 1, "$0.0235 billed of $1.51 approved");
        AssertPart(Done with { Attempts = [Done.Attempts[0] with { Cost = null }] }, 1, "unknown billed of $1.51 approved");
        AssertPart(Open, 1, "$0.00 billed so far of $1.51 approved");
        AssertPart(Done with { Attempts = [] }, 1, "$0.00 of $1.51 approved");
        AssertPart(Done with { Attempts = [], Approval = null }, 1, "nothing approved of a ceiling of $1.51");
        AssertPart(Done with { Attempts = [], Approval = null, Cost = null }, 1, "nothing approved");
    }

    [Theory]
    [InlineData(ExitCode.Done, Tone.Good, "nothing to do.")]
    [InlineData(ExitCode.StillRunning, Tone.Running, "follow it or stop it.")]
    [InlineData(ExitCode.Refused, Tone.Refused, "change the job, or have the limit raised.")]
    [InlineData(ExitCode.NotApproved, Tone.Refused, "approve it, or change the job.")]
    [InlineData(ExitCode.StoppedShort, Tone.Warning, "read why, and launch again if it is to be completed.")]
    [InlineData(ExitCode.ValidationFailed, Tone.Bad, "read the failed checks.")]
    [InlineData(ExitCode.NoCapacity, Tone.Bad, "read the error.")]
    public void Given_AnExitCode_When_Written_Then_TheSentenceEndsWithWhatToDo(ExitCode code, Tone tone, string advice)
    {
        var run = Done with { ExitCode = code, Error = code == ExitCode.Done ? null : "Why." };

        Assert.Equal(tone, Verdict.ToneOf(run));
        AssertPart(run, 3, advice);
    }

    [Fact]
    public void Given_ACheckThatCouldNotBeMade_When_Written_Then_TheRunIsToBeJudged() => Assert.Equal(
        Tone.Warning, Verdict.ToneOf(Done with { Evidence = Done.Evidence! with { Findings = [Finding.NotChecked("approval", "None.")] } }));

    private static void AssertPart(RunRecord run, int part, string expected) =>
        Assert.Equal(expected, Verdict.Sentence(run, Sample.Noon.AddSeconds(300)).ToString().Split("; ")[part]);
}
