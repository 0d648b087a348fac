using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Spot;
using BuildPipeline.Watching;

namespace BuildPipeline.Pipeline.Tests.Watching;

/// <summary>When a watch reads the checkpoints of a run with a deadline, and when it asks the market policy.</summary>
public sealed class WatchedDeadlineTests
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    private readonly WatchedDeadline _deadline = new(monitor: null!, Market.Spot);
    private DateTimeOffset _now = TestRuns.Start;

    [Fact]
    public void Given_AJobThatWaitsForNodes_When_Looked_Then_ItsCheckpointsAreReadOnceAndOnceMoreAfterItHadSome()
    {
        Assert.Equal([true, false, false], Look("Starting", "Starting", "Starting"));
        Assert.Equal([true, true], Look("Downloading", "Training"));
        Assert.Equal([true, false, false], Look("Interrupted", "Starting", "Starting"));
    }

    [Fact]
    public void Given_AReading_When_LookedBeforeTheNextIsDue_Then_ItIsNotReadAgain()
    {
        Look("Training");
        _now -= Between / 2;

        Assert.Equal([false], Look("Training"));
    }

    [Theory]
    [InlineData(20, "Starting")]
    [InlineData(400, "Starting")]
    [InlineData(20, "Training")]
    public void Given_AJobOfTenHours_When_WatchedUntilItsMoveIsDue_Then_ThePolicyIsAskedOnceInHours(int deadlineHours, string status)
    {
        var asked = 0;
        var deadline = new WatchedDeadline(Monitor(deadlineHours, () => asked++), Market.Spot);
        var (polls, poll) = (0, TimeSpan.FromSeconds(15));
        while (!deadline.IsMoveDue(_now + (polls * poll), status))
        {
            polls++;
        }

        Assert.InRange(polls * poll, TimeSpan.FromHours(deadlineHours - 14), TimeSpan.FromHours(deadlineHours - 10));
        Assert.InRange(asked, 1, 3 + (polls / 900));
    }

    [Fact]
    public void Given_AJobThatSaves_When_Watched_Then_NoCheckpointMakesAQuestionAndTheLossOfItsNodesDoes()
    {
        var asked = 0;
        var deadline = new WatchedDeadline(Monitor(20, () => asked++), Market.Spot);
        foreach (var minute in Enumerable.Range(0, 120))
        {
            deadline.Read(minute, totalSteps: 600, _now);
            Assert.False(deadline.IsMoveDue(_now.AddMinutes(minute), "Training"));
        }

        Assert.Equal(1, asked);

        Assert.False(deadline.IsMoveDue(_now.AddMinutes(120), "Interrupted"));

        Assert.Equal(2, asked);
    }

    private static DeadlineMonitor Monitor(int deadlineHours, Action ask) => new(
        () => new AskedPolicy(MarketPolicies.Create(MarketPolicies.Default, SafetyNet.Measured), ask),
        SafetyNet.Measured,
        new DeadlineTerms
        {
            StartedAt = TestRuns.Start,
            DeadlineAt = TestRuns.Start.AddHours(deadlineHours),
            ExpectedWork = TimeSpan.FromHours(10),
            ExpectedRestart = TimeSpan.FromMinutes(6),
            ExpectedStop = TimeSpan.FromMinutes(2),
            SpotPriceRatio = 0.35,
            Tick = TimeSpan.FromSeconds(15),
            MarketSpeed = 1,
        });

    private List<bool> Look(params string[] statuses) =>
    [
        .. statuses.Select(status =>
        {
            var isDue = _deadline.IsReadingDue(_now, status);
            if (isDue)
            {
                _deadline.Read(step: null, totalSteps: null, _now + Between);
            }

            _now += Between;
            return isDue;
        }),
    ];

    private sealed class AskedPolicy(IMarketPolicy policy, Action ask) : IMarketPolicy
    {
        public MarketMode Decide(in MarketObservation now)
        {
            ask();
            return policy.Decide(now);
        }

        public bool Holds(in MarketObservation later) => policy.Holds(later);
    }
}
