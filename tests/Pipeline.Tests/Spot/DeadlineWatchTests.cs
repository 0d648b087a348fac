using BuildPipeline.Runs;
using BuildPipeline.Spot;

namespace BuildPipeline.Pipeline.Tests.Spot;

public sealed class DeadlineWatchTests
{
    private static readonly DeadlineTerms Terms = new(
        Sample.Noon, Sample.Noon.AddHours(3), TimeSpan.FromHours(2), TimeSpan.FromMinutes(6), SpotPriceRatio: 0.35, TimeSpan.FromMinutes(1));

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

    [Fact]
    public void Given_AnOnDemandJob_When_Watched_Then_ItStays() =>
        Assert.Equal(Market.OnDemand, Watch("greedy").Observe(Running(1, 1) with { Market = Market.OnDemand }));

    private static DeadlineWatch Watch(string policy) => new(MarketPolicies.Create(policy, SafetyNet.Measured), Terms);

    private static JobLook Running(int minute, int? step) => new(Sample.Noon.AddMinutes(minute), Market.Spot, OnNodes: true, step, TotalSteps: 1200, SafeStep: step);

    private static JobLook Waiting(int minute, int safeStep) => new(Sample.Noon.AddMinutes(minute), Market.Spot, OnNodes: false, safeStep, 1200, safeStep);
}
