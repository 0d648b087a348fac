using BuildPipeline.Spot;

namespace BuildPipeline.Pipeline.Tests.Spot;

/// <summary>A job of 10 hours with a month to its deadline: only the cost counts.</summary>
public sealed class ExpectedCostPolicyTests
{
    [Theory]
    [InlineData(0.35, false, MarketMode.Idle)]
    [InlineData(0.35, true, MarketMode.Spot)]
    [InlineData(1.1, false, MarketMode.OnDemand)]
    [InlineData(1.1, true, MarketMode.OnDemand)]
    public void Given_AmpleTime_When_Asked_Then_SpotIsWaitedForOnlyIfItIsCheaper(double ratio, bool spotUp, MarketMode expected)
    {
        var history = new AvailabilityHistory(0.25);
        for (var tick = 0; tick < 200; tick++)
        {
            history.Observe(tick % 20 < 10);
        }

        history.Place(spotUp, 1);
        Assert.Equal(expected, new ExpectedCostPolicy(SafetyNet.Measured).Decide(new MarketObservation
        {
            ElapsedHours = 0,
            ProgressHours = 0,
            WorkHours = 10,
            DeadlineHours = 720,
            RestartHours = 0.1,
            TickHours = 0.25,
            SpotPriceRatio = ratio,
            SpotUp = spotUp,
            Current = spotUp ? MarketMode.Spot : MarketMode.Idle,
            RunningHours = 1,
            Restarting = false,
            History = history,
        }));
    }
}
