using BuildPipeline.Tracking;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Tracking;

public sealed class TrackingTurnTests
{
    [Fact]
    public void Given_a_tracker_that_is_down_When_its_turns_come_Then_they_are_ever_rarer_and_the_same_problem_is_told_once()
    {
        var turn = new TrackingTurn(Substitute.For<ITracker>(), TimeSpan.FromSeconds(30));
        var (now, pauses, told) = (DateTimeOffset.UnixEpoch, new List<double>(), 0);
        for (var failure = 0; failure < 8; failure++)
        {
            told += turn.Failed(now, "down") ? 1 : 0;
            var next = now;
            while (!turn.IsDue(next))
            {
                next = next.AddSeconds(30);
            }

            pauses.Add((next - now).TotalSeconds);
            now = next;
        }

        Assert.Equal([30, 60, 120, 240, 480, 600, 600, 600], pauses);
        Assert.Equal(1, told);
        Assert.Equal(("down", false), (turn.Describe(null).Problem, turn.Describe(null).Complete));

        turn.Succeeded(now, new TrackerReport("page", ["note"]));

        Assert.Equal(["note"], turn.NewNotes());
        Assert.Empty(turn.NewNotes());
        Assert.True(turn.IsDue(now.AddSeconds(30)) && !turn.IsDue(now.AddSeconds(29)));
        Assert.Equal((true, "page"), (turn.Describe(null).Complete, turn.Describe(null).Url));
        Assert.False(turn.Describe("unread").Complete);
    }
}
