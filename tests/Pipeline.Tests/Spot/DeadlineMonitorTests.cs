using BuildPipeline.Spot;

namespace BuildPipeline.Pipeline.Tests.Spot;

public sealed class DeadlineMonitorTests
{
    private static readonly DeadlineTerms Terms = new()
    {
        StartedAt = Sample.Noon,
        DeadlineAt = Sample.Noon.AddHours(3),
        ExpectedWork = TimeSpan.FromHours(2),
        ExpectedRestart = TimeSpan.FromMinutes(6),
        ExpectedStop = TimeSpan.FromMinutes(2),
        SpotPriceRatio = 0.35,
        Tick = TimeSpan.FromMinutes(1),
        MarketSpeed = 1,
    };

    [Theory]
    [InlineData("expected-cost")]
    [InlineData("greedy")]
    [InlineData("uniform-progress")]
    public void Given_AnOutageThatDoesNotEnd_When_Watched_Then_TheMoveLeavesTimeForTheWorkAndALongRestart(string policy)
    {
        var watch = Watch(policy);

        var moved = Enumerable.Range(1, 180).First(minute => watch.Observe(Waiting(minute, safeStep: 0)) == Market.OnDemand);

        // 2 h of work that may be 5 % more, and a restart that may take twice its 6 minutes.
        Assert.True(moved + 12 + 126 <= 180, $"moved after {moved} minutes");
    }

    [Fact]
    public void Given_SpotOnly_When_TheOutageDoesNotEnd_Then_ItNeverMoves()
    {
        var watch = Watch("spot-only");

        Assert.All(Enumerable.Range(1, 180), minute => Assert.Equal(Market.Spot, watch.Observe(Waiting(minute, safeStep: 0))));
    }

    [Fact]
    public void Given_ARestartThatTookLonger_When_Watched_Then_ItIsMeasured()
    {
        var watch = Watch("greedy");
        watch.Observe(Running(1, step: null));
        watch.Observe(Running(20, step: null));

        watch.Observe(Running(21, step: 1));

        Assert.Equal(TimeSpan.FromMinutes(20), watch.Restart);
    }

    [Fact]
    public void Given_AJobFasterThanBelieved_When_ItIsInterrupted_Then_SpotIsWaitedForLonger()
    {
        int MoveAfter(int stepsPerMinute)
        {
            var watch = Watch("greedy");
            for (var minute = 1; minute <= 30; minute++)
            {
                watch.Observe(Running(minute, minute * stepsPerMinute));
            }

            return Enumerable.Range(31, 150).First(minute => watch.Observe(Waiting(minute, 30 * stepsPerMinute)) == Market.OnDemand);
        }

        Assert.True(MoveAfter(stepsPerMinute: 20) > MoveAfter(stepsPerMinute: 10));
    }

    [Theory]
    [InlineData("expected-cost")]
    [InlineData("uniform-progress")]
    public void Given_AnOnDemandJobWithTimeToSpare_When_SpotIsLikelyBackAndACheckpointIsComplete_Then_ItMovesBack(string policy)
    {
        var watch = Watch(policy, deadlineHours: 9);
        watch.Observe(Waiting(1, safeStep: 0));

        var moved = FirstMoveBack(watch);

        // In a minute the market has hardly changed; the checkpoints come every ten.
        Assert.InRange(moved, 10, 90);
        Assert.Equal(0, moved % 10);
    }

    [Theory]
    [InlineData("expected-cost")]
    [InlineData("greedy")]
    [InlineData("uniform-progress")]
    public void Given_AnOnDemandJobWithoutTimeToWait_When_Watched_Then_ItStays(string policy)
    {
        var watch = Watch(policy, deadlineHours: 2.2);
        watch.Observe(Waiting(1, safeStep: 0));

        Assert.Throws<InvalidOperationException>(() => FirstMoveBack(watch));
    }

    [Fact]
    public void Given_AMarketThatRunsFaster_When_Watched_Then_AllIsDecidedAsIfItWereAsMuchLonger()
    {
        var slow = Watch("expected-cost", deadlineHours: 9);
        var fast = new DeadlineMonitor(() => MarketPolicies.Create("expected-cost", SafetyNet.Measured), SafetyNet.Measured, Terms with
        {
            DeadlineAt = Sample.Noon.AddHours(9) - TimeSpan.FromHours(9 * 59 / 60.0),
            ExpectedWork = Terms.ExpectedWork / 60,
            ExpectedRestart = Terms.ExpectedRestart / 60,
            ExpectedStop = Terms.ExpectedStop / 60,
            Tick = Terms.Tick / 60,
            MarketSpeed = 60,
        });

        Assert.All(Enumerable.Range(1, 500), minute =>
        {
            var look = Waiting(minute, safeStep: 0);
            Assert.Equal(slow.Observe(look), fast.Observe(look with { At = Sample.Noon + ((look.At - Sample.Noon) / 60) }));
        });
    }

    // From the second minute on an on-demand job of 10 steps a minute, which saves every 100 steps.
    private static int FirstMoveBack(DeadlineMonitor watch) => Enumerable.Range(2, 110).First(minute =>
        watch.Observe(Running(minute, 10 * minute) with { Market = Market.OnDemand, SafeStep = minute / 10 * 100 }) == Market.Spot);

    private static DeadlineMonitor Watch(string policy, double deadlineHours = 3) => new(
        () => MarketPolicies.Create(policy, SafetyNet.Measured), SafetyNet.Measured, Terms with { DeadlineAt = Sample.Noon.AddHours(deadlineHours) });

    private static JobLook Running(int minute, int? step) => new(Sample.Noon.AddMinutes(minute), Market.Spot, OnNodes: true, step, TotalSteps: 1200, SafeStep: step);

    private static JobLook Waiting(int minute, int safeStep) => new(Sample.Noon.AddMinutes(minute), Market.Spot, OnNodes: false, safeStep, 1200, safeStep);
}
