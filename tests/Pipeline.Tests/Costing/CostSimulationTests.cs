using BuildPipeline.Costing;
using BuildPipeline.Prices;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Costing;

public sealed class CostSimulationTests
{
    internal static readonly CostSimulationInputs Inputs = new()
    {
        Work = TimeSpan.FromHours(8),
        RuntimeVariance = 0.1,
        MaxRuntime = TimeSpan.FromHours(16),
        MaxWait = TimeSpan.FromHours(48),
        Deadline = TimeSpan.FromHours(24),
        Spot = true,
        TimeBetweenInterruptions = TimeSpan.FromHours(3),
        Wait = TimeSpan.FromHours(1),
        Restart = TimeSpan.FromMinutes(5),
        CheckpointInterval = TimeSpan.FromMinutes(10),
        Stall = TimeSpan.FromSeconds(5),
        ExpectedDiscount = 0.7,
        P90Discount = 0.6,
    };

    [Fact]
    public void Given_TheSameInputs_When_Drawn_Then_TheFiguresAreTheSame() => Assert.Equal(CostSimulation.Run(Inputs), CostSimulation.Run(Inputs));

    [Fact]
    public void Given_OnDemandWithoutSpread_When_Drawn_Then_TimeIsWorkAndCheckpointsAndNothingElse()
    {
        var simulation = CostSimulation.Run(Inputs with { Spot = false, RuntimeVariance = 0 });

        Assert.Equal(8 * 3600 * (1 + (5 / 600.0)), simulation.ExpectedBillable.TotalSeconds, 0.001);
        Assert.Equal(simulation.ExpectedBillable, simulation.P90Billable);
        Assert.Equal((0, 0, 0), (simulation.Time.Interruptions, simulation.Time.LostShare, simulation.Time.DeadlineRisk));
    }

    [Fact]
    public void Given_WorkThatVaries_When_Drawn_Then_NineOfTenRunsAreDoneByTheP90()
    {
        var time = CostSimulation.Run(Inputs with { Spot = false, Stall = TimeSpan.Zero, MaxRuntime = TimeSpan.FromHours(100) }).Time;

        // Log-normal with a mean of 1 and a standard deviation of 0.1: its 90th percentile is 1.13.
        Assert.InRange(time.P90Seconds / time.WorkSeconds, 1.12, 1.14);
    }

    [Fact]
    public void Given_AJobThatStaysOnSpot_When_Drawn_Then_AllThatIsNotWorkIsLost()
    {
        var time = CostSimulation.Run(Inputs with { RuntimeVariance = 0, Stall = TimeSpan.Zero, MaxRuntime = TimeSpan.FromDays(100), MaxWait = TimeSpan.FromDays(1000) }).Time;

        Assert.InRange(time.LostShare, 0.05, 0.3);
        Assert.Equal(time.WorkSeconds, time.ExpectedSeconds * (1 - time.LostShare), 10.0);
    }

    [Fact]
    public void Given_AJobThatMovesAfterAnInterruption_When_Drawn_Then_ItsRestartIsLostToo()
    {
        var inputs = Inputs with
        {
            RuntimeVariance = 0,
            Stall = TimeSpan.Zero,
            CheckpointInterval = TimeSpan.FromSeconds(1),
            Restart = TimeSpan.FromMinutes(2),
            TimeBetweenInterruptions = TimeSpan.FromHours(2),
            Deadline = TimeSpan.FromHours(18),
            MaxRuntime = TimeSpan.FromDays(100),
            MaxWait = TimeSpan.FromDays(1000),
        };

        var time = CostSimulation.Run(inputs with { Move = new SimulatedMove(inputs.Work) }).Time;

        Assert.InRange(time.MoveShare!.Value, 0.1, 0.95);
        Assert.Equal(time.WorkSeconds, time.ExpectedSeconds * (1 - time.LostShare), 10.0);

        // Hardly any capacity lasts less than a restart.
        Assert.InRange(time.ExpectedSeconds * time.LostShare / (time.Interruptions * 120), 0.95, 1.02);
    }

    [Fact]
    public void Given_ShorterTimesBetweenInterruptions_When_Drawn_Then_MoreIsLostAndItCostsMoreAndIsLater()
    {
        var (calm, rough) = (CostSimulation.Run(Inputs), CostSimulation.Run(Inputs with { TimeBetweenInterruptions = TimeSpan.FromMinutes(45) }));

        Assert.True(rough.Time.Interruptions > calm.Time.Interruptions);
        Assert.True(rough.Time.LostShare > calm.Time.LostShare);
        Assert.True(rough.ExpectedBillable > calm.ExpectedBillable);
        Assert.True(rough.Time.DeadlineRisk > calm.Time.DeadlineRisk);
    }

    [Fact]
    public void Given_ADeadlineThatWaitingWouldMiss_When_TheJobMayMove_Then_ItIsSurerAndCostsMore()
    {
        var inputs = Inputs with { Deadline = TimeSpan.FromHours(12) };
        var (stays, moves) = (CostSimulation.Run(inputs), CostSimulation.Run(inputs with { Move = new SimulatedMove(inputs.Work) }));

        Assert.True(stays.Time.DeadlineRisk > 0.3 && moves.Time.DeadlineRisk < 0.01, $"{stays.Time} against {moves.Time}");
        Assert.InRange(moves.Time.MoveShare!.Value, stays.Time.DeadlineRisk, 0.99);
        Assert.True(moves.ExpectedBillable > stays.ExpectedBillable && moves.P90Billable > stays.P90Billable);
        Assert.True(moves.Time.FinishSeconds < stays.Time.FinishSeconds);
        Assert.Null(stays.Time.MoveShare);
    }

    [Fact]
    public void Given_ADeadlineFarAway_When_TheJobMayMove_Then_NothingChanges()
    {
        var inputs = Inputs with { Deadline = TimeSpan.FromDays(100) };
        var (stays, moves) = (CostSimulation.Run(inputs), CostSimulation.Run(inputs with { Move = new SimulatedMove(inputs.Work) }));

        Assert.Equal(stays.ExpectedBillable, moves.ExpectedBillable);
        Assert.Equal(stays.Time with { MoveShare = 0 }, moves.Time);
    }

    [Fact]
    public void Given_APolicyThatMovesAtOnce_When_Drawn_Then_ItCostsWhatOnDemandCosts()
    {
        var moves = CostSimulation.Run(Inputs with { RuntimeVariance = 0, Move = new SimulatedMove(Inputs.Work, AtOnce: true) });

        Assert.Equal(CostSimulation.Run(Inputs with { Spot = false, RuntimeVariance = 0 }).ExpectedBillable, moves.ExpectedBillable);
        Assert.Equal((1.0, 0.0), (moves.Time.MoveShare, moves.Time.DeadlineRisk));
    }

    [Theory]
    [InlineData("expected-cost", true, false)]
    [InlineData("on-demand", true, true)]
    [InlineData("Spot-Only", false, false)]
    public void Given_ADeadlineAndAPolicy_When_TheInputsAreMade_Then_OnlySpotOnlyStays(string policy, bool moves, bool atOnce)
    {
        var prices = new PriceBook().Snapshot("us-east-1", "ml.g5.xlarge");

        var inputs = JobSimulation.InputsOf(JobSimulation.WithDeadline(Sample.Job, new(policy, 3)), prices, policy);

        Assert.Equal(TimeSpan.FromHours(3), inputs.Deadline);
        Assert.Equal(moves ? new SimulatedMove(TimeSpan.FromSeconds(1800), atOnce) : null, inputs.Move);
        Assert.Null(JobSimulation.InputsOf(Sample.Job, prices, policy).Move);
        Assert.Null(JobSimulation.InputsOf(Sample.Job with { UseSpotInstances = false, DeadlineHours = 3 }, prices, policy).Move);
    }

    [Property(MaxTest = 40)]
    public Property Given_AnyDeadline_When_TheJobMayMove_Then_NoBillIsOverTheRunningTimeOnDemandAndTheRiskIsNotAboveThatOfStaying()
    {
        var minutes = Gen.Choose(1, 2000);
        var drawn = minutes.SelectMany(work => minutes.SelectMany(limit => minutes.SelectMany(deadline => minutes.Select(timeBetweenInterruptions => (work, limit, deadline, timeBetweenInterruptions)))));
        return Prop.ForAll(drawn.ToArbitrary(), job =>
        {
            var (work, limit) = (TimeSpan.FromMinutes(job.work), TimeSpan.FromMinutes(job.limit));
            var inputs = Inputs with { Work = work, MaxRuntime = limit, MaxWait = 2 * limit, TimeBetweenInterruptions = TimeSpan.FromMinutes(job.timeBetweenInterruptions), Deadline = TimeSpan.FromMinutes(job.deadline) };
            var (stays, moves) = (CostSimulation.Run(inputs), CostSimulation.Run(inputs with { Move = new SimulatedMove(work) }));
            return moves.P90Billable <= limit && moves.ExpectedBillable <= moves.P90Billable && moves.Time.DeadlineRisk <= stays.Time.DeadlineRisk + 0.05;
        });
    }

    [Fact]
    public void Given_AnIntervalAndATimeBetweenInterruptions_When_TheLossIsAsked_Then_ItIsHalfAnIntervalEachTime() =>
        Assert.Equal(0.1, CostSimulation.LostShare(TimeSpan.FromMinutes(30), TimeSpan.FromHours(10), TimeSpan.FromHours(2.5)), 6);

    [Property(MaxTest = 40)]
    public Property Given_AnyJob_When_Drawn_Then_ExpectedIsAtMostP90AndP90AtMostTheRunningTime()
    {
        var minutes = Gen.Choose(1, 2000);
        var drawn = minutes.SelectMany(work => minutes.SelectMany(limit => minutes.SelectMany(timeBetweenInterruptions => Gen.Elements(true, false).Select(spot => (work, limit, timeBetweenInterruptions, spot)))));
        return Prop.ForAll(drawn.ToArbitrary(), job =>
        {
            var limit = TimeSpan.FromMinutes(job.limit);
            var simulation = CostSimulation.Run(Inputs with { Work = TimeSpan.FromMinutes(job.work), MaxRuntime = limit, MaxWait = 2 * limit, TimeBetweenInterruptions = TimeSpan.FromMinutes(job.timeBetweenInterruptions), Spot = job.spot });
            return simulation.ExpectedBillable <= simulation.P90Billable && simulation.P90Billable <= limit && simulation.Time.LostShare is >= 0 and <= 1;
        });
    }
}
