using BuildPipeline.Costing;
using BuildPipeline.Prices;
using BuildPipeline.Spot;

namespace BuildPipeline.Pipeline.Tests.Costing;

public sealed class JobSimulationTests
{
    private static readonly PriceSnapshot Prices = new PriceBook().Snapshot("us-east-1", "ml.g5.xlarge");

    [Fact]
    public void Given_AJob_When_ItsInputsAreMade_Then_TheyAreThoseOfTheJobAndTheTable() => Assert.Equal(
        new CostSimulationInputs
        {
            Work = TimeSpan.FromSeconds(1350),
            RuntimeVariance = 0.15,
            MaxRuntime = TimeSpan.FromSeconds(1800),
            MaxWait = TimeSpan.FromSeconds(3600),
            Deadline = TimeSpan.FromSeconds(3600),
            Spot = true,
            TimeBetweenInterruptions = TimeSpan.FromHours(2.5),
            Wait = TimeSpan.FromHours(1),
            Restart = TimeSpan.FromSeconds(300),
            CheckpointInterval = TimeSpan.FromSeconds(60),
            Stall = TimeSpan.FromSeconds(4),
            ExpectedDiscount = 0.65,
            P90Discount = 0.5,
        },
        JobSimulation.InputsOf(Sample.Job with { CheckpointSizeGb = 8 }, Prices));

    [Fact]
    public void Given_ADeadlineAndKnownWork_When_TheInputsAreMade_Then_ThatWorkIsBelievedAndTheDeadlineIsDue()
    {
        var inputs = JobSimulation.InputsOf(Sample.Job with { DeadlineHours = 2, ExpectedRuntimeSeconds = 900 }, Prices);

        Assert.Equal((TimeSpan.FromHours(2), TimeSpan.FromSeconds(3600), TimeSpan.FromSeconds(900)), (inputs.Deadline, inputs.MaxWait, inputs.Work));
        Assert.Equal(new SimulatedMove(TimeSpan.FromSeconds(900)), inputs.Move);
    }

    [Fact]
    public void Given_NoWaitingTime_When_AskedHowLongItMayStay_Then_ItIsTheRunningTime()
    {
        var job = Sample.Job with { UseSpotInstances = false, MaxWaitSeconds = null };

        Assert.Equal((TimeSpan.FromSeconds(1800), TimeSpan.FromSeconds(1800)), (JobSimulation.LongestStay(job), JobSimulation.Deadline(job)));
    }

    [Fact]
    public void Given_TheTermsOfARun_When_TheJobIsPriced_Then_TheirDeadlineReplacesItsOwn()
    {
        Assert.Equal(3, JobSimulation.WithDeadline(Sample.Job with { DeadlineHours = 9 }, new(MarketPolicies.Default, 3)).DeadlineHours);
        Assert.Null(JobSimulation.WithDeadline(Sample.Job with { DeadlineHours = 9 }, new(MarketPolicies.Default, null)).DeadlineHours);
    }
}
