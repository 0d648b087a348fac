using BuildPipeline.Spot;

namespace BuildPipeline.Pipeline.Tests.Spot;

/// <summary>A decision that is held says what the policy would say if it were asked at every tick.</summary>
public sealed class HeldDecisionTests
{
    [Theory]
    [InlineData("expected-cost")]
    [InlineData("greedy")]
    [InlineData("slack-rule")]
    [InlineData("spot-only")]
    [InlineData("uniform-progress")]
    public void Given_AnyJob_When_OnlyTimePasses_Then_ThePolicyDecidesTheSameUntilTheDecisionEnds(string name)
    {
        var (random, ended) = (new Random(7), 0);
        for (var i = 0; i < 40; i++)
        {
            var (asked, policy) = (Any(random), MarketPolicies.Create(name, SafetyNet.Measured));
            if (policy.Decide(asked) == MarketMode.OnDemand)
            {
                continue;
            }

            var held = HeldDecision.From(asked, policy);
            var later = asked;
            while (held.Covers(later = Later(later)) && later.ElapsedHours < asked.DeadlineHours)
            {
                Assert.NotEqual(MarketMode.OnDemand, policy.Decide(later));
            }

            ended += policy.Decide(later) == MarketMode.OnDemand ? 1 : 0;
        }

        Assert.Equal(name != "spot-only", ended > 0);
    }

    [Fact]
    public void Given_AHeldDecision_When_TheJobLosesTimeOrItsNodes_Then_ThePolicyIsAskedAgain()
    {
        var asked = Any(new Random(1)) with { DeadlineHours = 40, ElapsedHours = 0, ProgressHours = 2, WorkHours = 10, SpotUp = true, Current = MarketMode.Spot };
        var policy = MarketPolicies.Create("greedy", SafetyNet.Measured);
        policy.Decide(asked);
        var held = HeldDecision.From(asked, policy);

        Assert.True(held.Lasts);
        Assert.True(held.Covers(Later(asked) with { ProgressHours = 3 }));
        Assert.False(held.Covers(Later(asked) with { ProgressHours = 1 }));
        Assert.False(held.Covers(Later(asked) with { RestartHours = asked.RestartHours * 2 }));
        Assert.False(held.Covers(Later(asked) with { SpotUp = false, Current = MarketMode.Idle }));
    }

    // A job of up to 12 hours, part of it done, with up to six times as much time, in a market of which two days were seen.
    private static MarketObservation Any(Random random)
    {
        var history = new AvailabilityHistory(0.1);
        var up = false;
        for (var tick = 0; tick < 480; tick++)
        {
            up ^= random.NextDouble() < 0.05;
            history.Observe(up);
        }

        var work = 2 + (10 * random.NextDouble());
        return new()
        {
            ElapsedHours = work * random.NextDouble(),
            ProgressHours = work * random.NextDouble() / 2,
            WorkHours = work,
            DeadlineHours = work * (1.2 + (5 * random.NextDouble())),
            RestartHours = 0.1,
            TickHours = 0.1,
            SpotPriceRatio = 0.3 + (0.4 * random.NextDouble()),
            SpotUp = up,
            Current = up ? MarketMode.Spot : MarketMode.Idle,
            RunningHours = 0,
            Restarting = up,
            History = history,
        };
    }

    private static MarketObservation Later(in MarketObservation now)
    {
        var market = now.History.Copy();
        market.Place(now.SpotUp, now.History.AgeHours + now.TickHours);
        return now with { ElapsedHours = now.ElapsedHours + now.TickHours, RunningHours = now.RunningHours + now.TickHours, History = market };
    }
}
