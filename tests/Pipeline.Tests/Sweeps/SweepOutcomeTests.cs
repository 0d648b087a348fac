using BuildPipeline.Sweeps;

namespace BuildPipeline.Pipeline.Tests.Sweeps;

public sealed class SweepOutcomeTests
{
    private static readonly VariantResult Good = new(1, VariantState.Ended, ExitCode.Done);

    public static TheoryData<VariantResult, bool, string?, int> Ends { get; } = new()
    {
        { new(2, VariantState.Ended, ExitCode.Done), false, null, 0 },
        { new(2, VariantState.Ended, ExitCode.StoppedShort), false, "BP2607", 6 },
        { new(2, VariantState.Waiting, ExitCode.NotApproved), false, "BP2607", 4 },
        { new(2, VariantState.Running, ExitCode.StillRunning), false, "BP2608", 75 },
        { new(2, VariantState.Waiting, null), true, "BP2608", 75 },
        { new(2, VariantState.Waiting, null), false, "BP2609", 3 },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public void Given_AVariantBesideAGoodOne_When_Judged_Then_TheExitCodeTells(VariantResult other, bool isInterrupted, string? error, int exitCode)
    {
        var failure = SweepOutcome.Judge(Samples.Approved(2), [Good, other], isInterrupted, "resume");

        Assert.Equal((error, exitCode), (failure?.Code.Id, (int)(failure?.ExitCode ?? ExitCode.Done)));
    }

    [Fact]
    public void Given_VariantsThatFailedInDifferentWays_When_Judged_Then_TheExitCodeIsOne()
    {
        var failure = SweepOutcome.Judge(Samples.Approved(2), [new(1, VariantState.Ended, ExitCode.StoppedShort), new(2, VariantState.Ended, ExitCode.NoCapacity)], false, "resume");

        Assert.Equal(ExitCode.Failed, failure!.ExitCode);
    }

    [Fact]
    public void Given_AStoppedSweep_When_Judged_Then_WhatWasNotStartedIsNotWaitedFor()
    {
        var failure = SweepOutcome.Judge(Samples.Approved(2) with { StoppedAt = Sample.Noon }, [Good, new(2, VariantState.Waiting, null)], false, "resume");

        Assert.Equal(ExitCode.StoppedShort, failure!.ExitCode);
    }
}
