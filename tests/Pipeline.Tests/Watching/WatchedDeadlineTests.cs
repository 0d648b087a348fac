using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Spot;
using BuildPipeline.Watching;

namespace BuildPipeline.Pipeline.Tests.Watching;

/// <summary>When a watch reads the checkpoints of a run with a deadline.</summary>
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
}
