using BuildPipeline.Spot;

namespace BuildPipeline.Pipeline.Tests.Spot;

/// <summary>The baseline's three lines: 10 h of work left, a start of 0.1 h, ticks of 0.1 h; it keeps 0.1 + 0.2 + 1.5 h.</summary>
public sealed class SlackRuleTests
{
    [Theory]
    [InlineData(true, MarketMode.Idle, 2.0, MarketMode.Spot)]
    [InlineData(true, MarketMode.OnDemand, 2.0, MarketMode.Spot)]
    [InlineData(false, MarketMode.Idle, 1.81, MarketMode.Idle)]
    [InlineData(false, MarketMode.Idle, 1.79, MarketMode.OnDemand)]
    [InlineData(false, MarketMode.OnDemand, 5.0, MarketMode.OnDemand)] // never left for nothing
    [InlineData(true, MarketMode.Idle, 0.05, MarketMode.OnDemand)] // the net comes first
    public void Given_SlackAndAMarket_When_Asked_Then_TheRuleDecides(bool spotUp, MarketMode current, double slack, MarketMode expected) =>
        Assert.Equal(expected, new SlackRulePolicy(SafetyNet.Exact).Decide(new MarketObservation
        {
            ElapsedHours = 2,
            ProgressHours = 2,
            WorkHours = 12,
            DeadlineHours = 12 + slack,
            RestartHours = 0.1,
            TickHours = 0.1,
            SpotPriceRatio = 0.35,
            SpotUp = spotUp,
            Current = current,
            RunningHours = 1,
            Restarting = false,
            History = new AvailabilityHistory(0.1, 30),
        }));
}
