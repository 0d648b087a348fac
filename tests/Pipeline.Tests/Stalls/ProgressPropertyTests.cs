using BuildPipeline.Stalls;

namespace BuildPipeline.Pipeline.Tests.Stalls;

/// <summary>What holds for any run.</summary>
public sealed class ProgressPropertyTests
{
    private const int Cases = 2000;
    private static readonly TimeSpan Restart = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(5);

    [Fact]
    public void Given_AnyRunThatSavesInTime_When_JudgedAtAnyMoment_Then_ItNeverStalls()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var (interval, now, step) = (30 + (random.NextDouble() * 3600), Sample.Noon, 0);
            var (training, saved) = (new List<TrainingPeriod>(), new List<SavedStep>());
            for (var period = 0; period < 6; period++)
            {
                // Interruptions and waits of any length; the program may need its whole restart before it trains.
                now = now.AddSeconds(random.NextDouble() * 100_000);
                training.Add(new(now, null));
                now += Restart * random.NextDouble();
                for (var save = random.Next(8); save >= 0; save--)
                {
                    AssertFine(training, saved, interval, now, seed);
                    now = now.AddSeconds(interval * (0.6 + (random.NextDouble() * 0.8)));
                    AssertFine(training, saved, interval, now, seed);
                    saved.Add(new(step += random.Next(50, 100), now));
                }

                now = now.AddSeconds(interval * random.NextDouble());
                training[^1] = training[^1] with { To = now };
                AssertFine(training, saved, interval, now.AddDays(random.Next(30)), seed);
            }
        }
    }

    [Fact]
    public void Given_AnyRunThatStopsSaving_When_TimePasses_Then_TheVerdictOnlyGetsWorseAndItStallsAtTheMomentThatWasForeseen()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var saved = new List<SavedStep>();
            for (var now = Sample.Noon; saved.Count < random.Next(12); now = now.AddSeconds(10 + (random.NextDouble() * 2000)))
            {
                saved.Add(new(10 * (saved.Count + 1), now));
            }

            var interval = 1 + (random.NextDouble() * 3000);
            List<TrainingPeriod> training = [new(Sample.Noon.AddSeconds(random.Next(-5000, 5000)), null)];
            var from = (saved.Count > 0 && saved[^1].At > training[0].From ? saved[^1].At : training[0].From).AddSeconds(1);
            var foreseen = Judge(training, saved, interval, from).StalledAt!.Value;
            var worst = ProgressState.Fine;
            for (var part = 0.0; part < 1.5; part += 0.05)
            {
                var verdict = Judge(training, saved, interval, from + ((foreseen - from) * part));

                Assert.True(verdict.State >= worst || verdict.Cause == StallCause.SlowSteps || worst == ProgressState.Slow, $"seed {seed}");
                Assert.Equal(foreseen, verdict.StalledAt);
                Assert.Equal(verdict.At >= foreseen, verdict.State == ProgressState.Stalled);
                Assert.True(verdict.AtRiskSeconds >= 0 && verdict.StalledAt - from >= Shortest - TimeSpan.FromSeconds(2), $"seed {seed}");
                worst = verdict.State;
            }
        }
    }

    [Fact]
    public void Given_AnyStalls_When_Decided_Then_NoCheckpointIsRestartedFromTwiceAndNoRunMoreThanThreeTimes()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var (jobs, step) = (new List<StallRecord?>(), (int?)null);
            for (var job = 0; job < 20; job++)
            {
                step = random.Next(3) == 0 ? (step ?? 0) + random.Next(10) : step;
                var decision = StallPolicy.Decide(OnStall.Restart, jobs, step);
                jobs.Add(random.Next(5) == 0 ? null : new StallRecord(Sample.Noon, step, null, "") { Restarts = decision == StallDecision.Restart });
                Assert.Equal(StallDecision.WarnOnly, StallPolicy.Decide(random.Next(2) == 0 ? null : OnStall.Warn, jobs, step));
            }

            var restarts = jobs.Where(stall => stall is { Restarts: true }).Select(stall => stall!.CheckpointStep).ToList();
            Assert.InRange(restarts.Count, 0, StallPolicy.MostRestarts);
            Assert.DoesNotContain(null, restarts);
            Assert.Equal(restarts.Distinct().Order(), restarts);
        }
    }

    private static void AssertFine(List<TrainingPeriod> training, List<SavedStep> saved, double interval, DateTimeOffset now, int seed) =>
        Assert.True(Judge(training, saved, interval, now) is { State: ProgressState.Fine or ProgressState.Slow } verdict && (verdict.State == ProgressState.Fine || verdict.Cause == StallCause.SlowSteps), $"seed {seed}");

    private static ProgressVerdict Judge(List<TrainingPeriod> training, List<SavedStep> saved, double interval, DateTimeOffset now) => ProgressJudge.Judge(new()
    {
        Now = now, Training = training, Saved = saved, AskedSeconds = interval, ExpectedRestart = Restart, ShortestStall = Shortest,
    });
}
