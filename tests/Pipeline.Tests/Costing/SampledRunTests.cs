using BuildPipeline.Costing;

namespace BuildPipeline.Pipeline.Tests.Costing;

/// <summary>Sampled runs whose result is known without drawing: 8 h of work, a checkpoint of 5 s each 10 min, a discount of 70%.</summary>
public sealed class SampledRunTests
{
    // 8 h x (1 + 5 / 600)
    private const double Needed = 29_040;

    private static readonly CostSimulationInputs OnDemand = CostSimulationTests.Inputs with { RuntimeVariance = 0, Spot = false, P90Discount = 0.7 };

    private static readonly CostSimulationInputs CalmSpot = OnDemand with { Spot = true, TimeBetweenInterruptions = TimeSpan.FromDays(10_000), Wait = TimeSpan.Zero };

    private static readonly CostSimulationInputs NoSpot = OnDemand with { Spot = true, TimeBetweenInterruptions = TimeSpan.FromTicks(1), Wait = TimeSpan.FromDays(10_000) };

    [Theory]
    [InlineData(Needed, Needed, Needed, 0)]
    [InlineData(Needed - 1, 50_000, Needed - 1, 1)]
    [InlineData(50_000, Needed - 1, Needed, 1)]
    public void Given_OnDemand_When_Drawn_Then_ItRunsToItsEndOrItsLimitAndIsLateOnlyAfterTheDeadline(double limit, double due, double runs, double risk)
    {
        var simulation = CostSimulation.Run(OnDemand with { MaxRuntime = TimeSpan.FromSeconds(limit), Deadline = TimeSpan.FromSeconds(due) });

        Assert.Equal((runs, runs), (simulation.ExpectedBillable.TotalSeconds, simulation.P90Billable.TotalSeconds));
        Assert.Equal(
            new CostSimulationRecord { WorkSeconds = 28_800, ExpectedSeconds = runs, P90Seconds = runs, FinishSeconds = runs, Interruptions = 0, LostShare = 0, DeadlineRisk = risk, MaxWaitRisk = 0 }, simulation.Time);
    }

    [Fact]
    public void Given_NoCheckpoints_When_Drawn_Then_NoneHoldsTheWorkUp() =>
        Assert.Equal(28_800, CostSimulation.Run(OnDemand with { CheckpointInterval = TimeSpan.Zero }).ExpectedBillable.TotalSeconds);

    [Theory]
    [InlineData(0.7, 0.3)]
    [InlineData(0.99, 0.05)]
    [InlineData(-0.2, 1)]
    public void Given_SpotThatIsNeverTakenAway_When_Drawn_Then_ItTakesAsLongAsOnDemandAndIsBilledLess(double discount, double billed)
    {
        var simulation = CostSimulation.Run(CalmSpot with { ExpectedDiscount = discount, P90Discount = discount });

        Assert.Equal(Needed * billed, simulation.ExpectedBillable.TotalSeconds, 0.001);
        Assert.Equal(Needed * billed, simulation.P90Billable.TotalSeconds, 0.001);
        Assert.Equal((Needed, Needed, 0, 0, 0), (simulation.Time.ExpectedSeconds, simulation.Time.FinishSeconds, simulation.Time.Interruptions, simulation.Time.LostShare, simulation.Time.DeadlineRisk));
    }

    [Fact]
    public void Given_ADiscountThatVaries_When_Drawn_Then_ItIsAsExpectedOnAverageAndNineTimesInTenAtLeastTheP90()
    {
        var simulation = CostSimulation.Run(CalmSpot with { P90Discount = 0.6 });

        Assert.InRange(simulation.ExpectedBillable.TotalSeconds / Needed, 0.295, 0.305);
        Assert.InRange(simulation.P90Billable.TotalSeconds / Needed, 0.39, 0.41);
    }

    [Fact]
    public void Given_WorkThatVaries_When_Drawn_Then_ItIsAsExpectedOnAverageWithThatDeviation()
    {
        var simulation = CostSimulation.Run(OnDemand with { RuntimeVariance = 0.3, MaxRuntime = TimeSpan.FromDays(28) });

        // A log-normal of mean 1 and deviation 0.3 is below 1.40 nine times in ten.
        Assert.InRange(simulation.ExpectedBillable.TotalSeconds / Needed, 0.985, 1.015);
        Assert.InRange(simulation.P90Billable.TotalSeconds / Needed, 1.37, 1.43);
    }

    [Theory]
    [InlineData(4, 48, 0)]
    [InlineData(48, 4, 1)]
    public void Given_SpotAndAShortLimit_When_Drawn_Then_TheServiceEndsItThereAndTheLimitIsKnown(int maxRuntime, int maxWait, double atMaxWait)
    {
        var simulation = CostSimulation.Run(CalmSpot with { MaxRuntime = TimeSpan.FromHours(maxRuntime), MaxWait = TimeSpan.FromHours(maxWait) });

        Assert.Equal(0.3 * 14_400, simulation.ExpectedBillable.TotalSeconds, 0.001);
        Assert.Equal((14_400, 14_400, 1, atMaxWait), (simulation.Time.ExpectedSeconds, simulation.Time.FinishSeconds, simulation.Time.DeadlineRisk, simulation.Time.MaxWaitRisk));
    }

    [Theory]
    [InlineData(Needed, 0)]
    [InlineData(Needed - 1, 1)]
    public void Given_SpotAndADeadline_When_Drawn_Then_ItIsLateOnlyAfterIt(double due, double risk) =>
        Assert.Equal(risk, CostSimulation.Run(CalmSpot with { Deadline = TimeSpan.FromSeconds(due) }).Time.DeadlineRisk);

    [Fact]
    public void Given_NoSpotAndADeadline_When_TheJobMayMove_Then_ItWaitsUntilOnDemandIsJustInTime()
    {
        var simulation = CostSimulation.Run(NoSpot with { Deadline = TimeSpan.FromHours(9), Move = new SimulatedMove(TimeSpan.FromHours(8)) });

        // 9 h, less 8 h of believed work and the reserve of two restarts and 5% of that work: it moves after 1560 s.
        Assert.Equal(Needed, simulation.ExpectedBillable.TotalSeconds, 0.001);
        Assert.Equal((Needed, 1560 + Needed, 1, 0), (simulation.Time.ExpectedSeconds, simulation.Time.FinishSeconds, simulation.Time.MoveShare, simulation.Time.DeadlineRisk));
    }

    [Theory]
    [InlineData(1560, 1)]
    [InlineData(1559, 0)]
    public void Given_NoSpot_When_TheServiceGivesUpBeforeTheMove_Then_NothingRuns(int maxWait, double moved)
    {
        var simulation = CostSimulation.Run(NoSpot with { Deadline = TimeSpan.FromHours(9), MaxWait = TimeSpan.FromSeconds(maxWait), Move = new SimulatedMove(TimeSpan.FromHours(8)) });

        Assert.Equal((moved, moved * Needed, 1 - moved), (simulation.Time.MoveShare, simulation.Time.ExpectedSeconds, simulation.Time.DeadlineRisk));
    }

    [Fact]
    public void Given_MoreWorkThanBelieved_When_TheFirstStepsTellIt_Then_TheJobMovesAfterOneStart()
    {
        var simulation = CostSimulation.Run(CalmSpot with { Deadline = TimeSpan.FromHours(8.5), Move = new SimulatedMove(TimeSpan.FromHours(1)) });

        // 300 s on spot at 30%, and all of the work on demand
        Assert.Equal((0.3 * 300) + Needed, simulation.ExpectedBillable.TotalSeconds, 0.001);
        Assert.Equal((300 + Needed, 300 + Needed, 1, 0), (simulation.Time.ExpectedSeconds, simulation.Time.FinishSeconds, simulation.Time.MoveShare, simulation.Time.DeadlineRisk));
    }

    [Fact]
    public void Given_AMoveWithoutTheRunningTimeForIt_When_Drawn_Then_ItRunsForWhatIsLeftAndIsLate()
    {
        var simulation = CostSimulation.Run(CalmSpot with { Deadline = TimeSpan.FromHours(8.5), MaxRuntime = TimeSpan.FromHours(4), Move = new SimulatedMove(TimeSpan.FromHours(1)) });

        Assert.Equal(14_400, simulation.ExpectedBillable.TotalSeconds, 0.001);
        Assert.Equal((300 + 14_400 - 90, 1), (simulation.Time.ExpectedSeconds, simulation.Time.DeadlineRisk));
    }

    [Fact]
    public void Given_AnIntervalLongerThanTheWork_When_TheLossIsAsked_Then_NoMoreThanTheWorkCanBeLost() =>
        Assert.Equal(0.2, CostSimulation.LostShare(TimeSpan.FromHours(5), TimeSpan.FromHours(1), TimeSpan.FromHours(2.5)), 6);
}
