using BuildPipeline.Checkpoints;
using BuildPipeline.Goodput;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Spot;
using BuildPipeline.Training;
using static BuildPipeline.Goodput.GoodputCategory;

namespace BuildPipeline.Pipeline.Tests.Goodput;

/// <summary>Worked examples; all times are seconds after <see cref="TestRuns.Start"/>.</summary>
public sealed class GoodputTests
{
    [Fact]
    public void Given_NoInterruption_When_Calculated_Then_TheBillIsSplitBySourceAndEachSecondIsInOneCategory()
    {
        var job = Job(1, 120, OutcomeKind.Completed, ("Starting", 0, 60), ("Downloading", 60, 70), ("Training", 70, 170), ("Uploading", 170, 180), ("Completed", 180, 180));

        var goodput = Calculate([job], [Saved(10, 100, 2, First), Saved(20, 150, 3, First)]);

        AssertNodeSeconds(goodput, (Start, 5), (Download, 10), (Productive, 90), (CheckpointStall, 5), (Upload, 10));
        Assert.Equal([5, 10, 90, 5, 0, 0, 10, 0], goodput.Shares.Select(share => share.BilledSeconds));
        Assert.Equal((60, 120, 0.75, false), (goodput.CapacityWaitSeconds, goodput.BilledSeconds, goodput.Ratio, goodput.IsCoarse()));
    }

    [Fact]
    public void Given_OneInterruptionOnSpot_When_Calculated_Then_WorkAfterTheCheckpointIsLostAndTheWayBackIsRestart()
    {
        var checkpoint = Saved(40, 110, 2, First);
        var second = From(checkpoint, 2, 170, ran: 35);
        var job = Job(
            1, 42, OutcomeKind.Completed, ("Starting", 0, 60), ("Downloading", 60, 70), ("Training", 70, 130), ("Interrupted", 130, 140),
            ("Starting", 140, 160), ("Downloading", 160, 166), ("Training", 166, 226), ("Uploading", 226, 230), ("Completed", 230, 230));

        var goodput = Calculate([job], [Saved(70, 200, 2, First, second), checkpoint]);

        AssertNodeSeconds(goodput, (Start, 5), (Download, 10), (Productive, 87), (CheckpointStall, 4), (LostWork, 20), (Restart, 10), (Upload, 4));
        Assert.Equal([1, 3, 26, 1, 6, 3, 2, 0], goodput.Shares.Select(share => share.BilledSeconds));
        Assert.Equal((90, true), (goodput.CapacityWaitSeconds, goodput.IsCoarse()));
    }

    [Fact]
    public void Given_TwoInterruptionsAndNothingSavedBetween_When_Calculated_Then_NothingOfThatTimeIsProductive()
    {
        var checkpoint = Saved(40, 110, 0, First);
        var third = From(checkpoint, 2, 250, ran: 35);
        var job = Job(
            1, 150, OutcomeKind.Completed, ("Starting", 0, 60), ("Downloading", 60, 70), ("Training", 70, 130), ("Interrupted", 130, 140),
            ("Downloading", 160, 166), ("Training", 166, 196), ("Interrupted", 196, 200), ("Downloading", 240, 245), ("Training", 245, 290), ("Uploading", 290, 294));

        // The last start saves nothing either, and the model's own record tells its lineage.
        var goodput = GoodputRecord.Calculate([job], SavedWork.From([checkpoint], [First, third]))!;

        AssertNodeSeconds(goodput, (Start, 5), (Download, 10), (Productive, 75), (LostWork, 50), (Restart, 16), (Upload, 4));
    }

    [Fact]
    public void Given_AMoveToOnDemand_When_Calculated_Then_TheSaveOfTheStopIsKeptAndTheNextJobRestarts()
    {
        var checkpoint = Saved(40, 134, 1, First);
        var second = From(checkpoint, 2, 190, ran: null);
        var spot = Job(1, 24, OutcomeKind.Moved, ("Starting", 0, 60), ("Downloading", 60, 70), ("Training", 70, 130), ("Stopping", 130, 140), ("Stopped", 140, 140));
        var onDemand = Job(
            2, 70, OutcomeKind.Completed, ("Starting", 141, 180), ("Downloading", 180, 185), ("Training", 185, 245), ("Uploading", 245, 250)) with { Market = Market.OnDemand };

        var goodput = Calculate([spot, onDemand], [checkpoint, Saved(70, 230, 1, First, second)]);

        AssertNodeSeconds(goodput, (Start, 5), (Download, 10), (Productive, 112), (CheckpointStall, 2), (Restart, 10), (Upload, 5), (Idle, 6));
        Assert.Equal(94, goodput.Shares.Sum(share => share.BilledSeconds));
    }

    [Fact]
    public void Given_AJobThatFails_When_Calculated_Then_WhatFollowsItsNewestCheckpointIsLost()
    {
        var job = Job(1, 70, OutcomeKind.Failed, ("Starting", 0, 60), ("Downloading", 60, 70), ("Training", 70, 130), ("Failed", 130, 130));

        AssertNodeSeconds(Calculate([job], [Saved(40, 110, 0, First)]), (Start, 5), (Download, 10), (Productive, 35), (LostWork, 20));
        AssertNodeSeconds(Calculate([job], []), (Download, 10), (LostWork, 60));
    }

    [Fact]
    public void Given_AProgramWithoutManifestsOrNoneThatCanBeRead_When_Calculated_Then_ItsTrainingIsNotCalledProductive()
    {
        var job = Job(1, 70, OutcomeKind.Completed, ("Starting", 0, 60), ("Downloading", 60, 70), ("Training", 70, 125), ("Uploading", 125, 130));

        AssertNodeSeconds(Calculate([job], []), (Download, 10), (Upload, 5), (Idle, 55));
        AssertNodeSeconds(GoodputRecord.Calculate([job], null)!, (Download, 10), (Upload, 5), (Idle, 55));
    }

    [Fact]
    public void Given_AResumeWhoseCheckpointCannotBeDated_When_Calculated_Then_TheStartBeforeIsNotCalledProductiveOrLost()
    {
        var gone = Saved(40, 110, 0, First);
        var second = From(gone, 2, 170, ran: null);
        var job = Job(
            1, 130, OutcomeKind.Completed, ("Downloading", 60, 70), ("Training", 70, 130), ("Interrupted", 130, 160), ("Training", 160, 220));

        AssertNodeSeconds(Calculate([job], [Saved(70, 200, 0, First, second)]), (Start, 5), (Download, 10), (Productive, 50), (Restart, 10), (Idle, 55));
    }

    [Fact]
    public void Given_JobsWithoutABill_When_Calculated_Then_OneThatRunsMakesItUnknownAndOneThatWasRefusedDoesNot()
    {
        var running = Job(1, 0, OutcomeKind.Completed) with { BillableSeconds = null, Outcome = null };
        var refused = Job(2, 0, OutcomeKind.Quota) with { BillableSeconds = null, SubmittedAt = null, Cost = Usd.Zero };

        Assert.Null(GoodputRecord.Calculate([running], null));
        Assert.Null(GoodputRecord.Calculate([refused], null)!.Ratio);
    }

    [Fact]
    public void Given_ABillWithoutTransitionsOrPrice_When_Calculated_Then_ItIsIdleAndItsDollarsUnknown()
    {
        var goodput = GoodputRecord.Calculate([Job(1, 30, OutcomeKind.Stopped) with { Cost = null }], null)!;

        Assert.Equal((30, (Usd?)null), (goodput.SecondsOf(Idle), goodput.Cost));
        Assert.All(goodput.Shares, share => Assert.Null(share.Cost));
    }

    private static LineageEntry First { get; } = new(1, 0, null, TestRuns.Start.AddSeconds(75));

    private static LineageEntry From(ReadManifest checkpoint, int attempt, double at, double? ran) =>
        new(attempt, checkpoint.Manifest.Step, checkpoint.Sha256, TestRuns.Start.AddSeconds(at), ran);

    private static ReadManifest Saved(int step, double at, double stall, params LineageEntry[] lineage)
    {
        var manifest = Manifests.Of(step, lineage) with { WrittenAt = TestRuns.Start.AddSeconds(at), StallSeconds = stall };
        return new(manifest, Manifests.Sha256(manifest));
    }

    private static AttemptRecord Job(int number, int billed, OutcomeKind outcome, params (string Status, double From, double To)[] transitions) => TestRuns.Intent with
    {
        Number = number,
        SubmittedAt = TestRuns.Start,
        Outcome = outcome,
        BillableSeconds = billed,
        Cost = new Usd(billed * 3.6m / 3600m),
        Transitions = [.. transitions.Select(each => new StatusTransition(each.Status, TestRuns.Start.AddSeconds(each.From), TestRuns.Start.AddSeconds(each.To), null))],
    };

    private static GoodputRecord Calculate(IReadOnlyList<AttemptRecord> attempts, IReadOnlyList<ReadManifest> manifests) =>
        GoodputRecord.Calculate(attempts, SavedWork.From(manifests, []))!;

    private static void AssertNodeSeconds(GoodputRecord goodput, params (GoodputCategory, double)[] expected) =>
        Assert.Equal(expected, goodput.Shares.Where(share => share.NodeSeconds > 0).Select(share => (share.Category, share.NodeSeconds)));
}
