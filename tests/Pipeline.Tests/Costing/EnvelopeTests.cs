using BuildPipeline.Costing;
using BuildPipeline.Prices;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Costing;

public sealed class EnvelopeTests
{
    private static readonly EnvelopeInputs Inputs = new()
    {
        Work = TimeSpan.FromHours(8),
        WorkSpread = 0.1,
        MaxRuntime = TimeSpan.FromHours(16),
        MaxWait = TimeSpan.FromHours(48),
        Due = TimeSpan.FromHours(24),
        Spot = true,
        UpRun = TimeSpan.FromHours(3),
        Wait = TimeSpan.FromHours(1),
        Restart = TimeSpan.FromMinutes(5),
        CheckpointInterval = TimeSpan.FromMinutes(10),
        Stall = TimeSpan.FromSeconds(5),
        ExpectedDiscount = 0.7,
        P90Discount = 0.6,
    };

    [Fact]
    public void Given_TheSameInputs_When_Drawn_Then_TheFiguresAreTheSame() => Assert.Equal(Envelope.Of(Inputs), Envelope.Of(Inputs));

    [Fact]
    public void Given_OnDemandWithoutSpread_When_Drawn_Then_TimeIsWorkAndCheckpointsAndNothingElse()
    {
        var envelope = Envelope.Of(Inputs with { Spot = false, WorkSpread = 0 });

        Assert.Equal(8 * 3600 * (1 + (5 / 600.0)), envelope.ExpectedBillable.TotalSeconds, 0.001);
        Assert.Equal(envelope.ExpectedBillable, envelope.P90Billable);
        Assert.Equal((0, 0, 0), (envelope.Time.Interruptions, envelope.Time.LostShare, envelope.Time.DeadlineRisk));
    }

    [Fact]
    public void Given_ShorterUpRuns_When_Drawn_Then_MoreIsLostAndItIsDearerAndLater()
    {
        var (calm, rough) = (Envelope.Of(Inputs), Envelope.Of(Inputs with { UpRun = TimeSpan.FromMinutes(45) }));

        Assert.True(rough.Time.Interruptions > calm.Time.Interruptions);
        Assert.True(rough.Time.LostShare > calm.Time.LostShare);
        Assert.True(rough.ExpectedBillable > calm.ExpectedBillable);
        Assert.True(rough.Time.DeadlineRisk > calm.Time.DeadlineRisk);
    }

    [Fact]
    public void Given_ADeadlineThatWaitingWouldMiss_When_TheJobMayMove_Then_ItIsSurerAndDearer()
    {
        var inputs = Inputs with { Due = TimeSpan.FromHours(12) };
        var (stays, moves) = (Envelope.Of(inputs), Envelope.Of(inputs with { Move = new EnvelopeMove(inputs.Work) }));

        Assert.True(stays.Time.DeadlineRisk > 0.3 && moves.Time.DeadlineRisk < 0.01, $"{stays.Time} against {moves.Time}");
        Assert.InRange(moves.Time.MoveShare!.Value, stays.Time.DeadlineRisk, 0.99);
        Assert.True(moves.ExpectedBillable > stays.ExpectedBillable && moves.P90Billable > stays.P90Billable);
        Assert.True(moves.Time.FinishSeconds < stays.Time.FinishSeconds);
        Assert.Null(stays.Time.MoveShare);
    }

    [Fact]
    public void Given_ADeadlineFarAway_When_TheJobMayMove_Then_NothingChanges()
    {
        var inputs = Inputs with { Due = TimeSpan.FromDays(100) };
        var (stays, moves) = (Envelope.Of(inputs), Envelope.Of(inputs with { Move = new EnvelopeMove(inputs.Work) }));

        Assert.Equal(stays.ExpectedBillable, moves.ExpectedBillable);
        Assert.Equal(stays.Time with { MoveShare = 0 }, moves.Time);
    }

    [Fact]
    public void Given_APolicyThatMovesAtOnce_When_Drawn_Then_ItCostsWhatOnDemandCosts()
    {
        var moves = Envelope.Of(Inputs with { WorkSpread = 0, Move = new EnvelopeMove(Inputs.Work, AtOnce: true) });

        Assert.Equal(Envelope.Of(Inputs with { Spot = false, WorkSpread = 0 }).ExpectedBillable, moves.ExpectedBillable);
        Assert.Equal((1.0, 0.0), (moves.Time.MoveShare, moves.Time.DeadlineRisk));
    }

    [Theory]
    [InlineData("expected-cost", true, false)]
    [InlineData("on-demand", true, true)]
    [InlineData("Spot-Only", false, false)]
    public void Given_ADeadlineAndAPolicy_When_TheInputsAreMade_Then_OnlySpotOnlyStays(string policy, bool moves, bool atOnce)
    {
        var prices = new PriceBook().Snapshot("us-east-1", "ml.g5.xlarge");

        var inputs = JobEnvelope.InputsOf(JobEnvelope.WithDeadline(Sample.Job, new(policy, 3)), prices, policy);

        Assert.Equal(TimeSpan.FromHours(3), inputs.Due);
        Assert.Equal(moves ? new EnvelopeMove(TimeSpan.FromSeconds(1800), atOnce) : null, inputs.Move);
        Assert.Null(JobEnvelope.InputsOf(Sample.Job, prices, policy).Move);
        Assert.Null(JobEnvelope.InputsOf(Sample.Job with { UseSpotInstances = false, DeadlineHours = 3 }, prices, policy).Move);
    }

    [Property(MaxTest = 40)]
    public Property Given_AnyDeadline_When_TheJobMayMove_Then_NoBillIsOverTheRunningTimeOnDemandAndTheRiskIsNotAboveThatOfStaying()
    {
        var minutes = Gen.Choose(1, 2000);
        var drawn = minutes.SelectMany(work => minutes.SelectMany(limit => minutes.SelectMany(due => minutes.Select(upRun => (work, limit, due, upRun)))));
        return Prop.ForAll(drawn.ToArbitrary(), job =>
        {
            var (work, limit) = (TimeSpan.FromMinutes(job.work), TimeSpan.FromMinutes(job.limit));
            var inputs = Inputs with { Work = work, MaxRuntime = limit, MaxWait = 2 * limit, UpRun = TimeSpan.FromMinutes(job.upRun), Due = TimeSpan.FromMinutes(job.due) };
            var (stays, moves) = (Envelope.Of(inputs), Envelope.Of(inputs with { Move = new EnvelopeMove(work) }));
            return moves.P90Billable <= limit && moves.ExpectedBillable <= moves.P90Billable && moves.Time.DeadlineRisk <= stays.Time.DeadlineRisk + 0.05;
        });
    }

    [Fact]
    public void Given_AnIntervalAndAnUpRun_When_TheLossIsAsked_Then_ItIsHalfAnIntervalAnUpRun() =>
        Assert.Equal(0.1, Envelope.LostShare(TimeSpan.FromMinutes(30), TimeSpan.FromHours(10), TimeSpan.FromHours(2.5)), 6);

    [Property(MaxTest = 40)]
    public Property Given_AnyJob_When_Drawn_Then_ExpectedIsAtMostP90AndP90AtMostTheRunningTime()
    {
        var minutes = Gen.Choose(1, 2000);
        var drawn = minutes.SelectMany(work => minutes.SelectMany(limit => minutes.SelectMany(upRun => Gen.Elements(true, false).Select(spot => (work, limit, upRun, spot)))));
        return Prop.ForAll(drawn.ToArbitrary(), job =>
        {
            var limit = TimeSpan.FromMinutes(job.limit);
            var envelope = Envelope.Of(Inputs with { Work = TimeSpan.FromMinutes(job.work), MaxRuntime = limit, MaxWait = 2 * limit, UpRun = TimeSpan.FromMinutes(job.upRun), Spot = job.spot });
            return envelope.ExpectedBillable <= envelope.P90Billable && envelope.P90Billable <= limit && envelope.Time.LostShare is >= 0 and <= 1;
        });
    }
}
