using BuildPipeline.Checkpoints;
using BuildPipeline.Goodput;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Prices;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Goodput;

/// <summary>What holds for any jobs and checkpoints, sensible or not.</summary>
public sealed class GoodputPropertyTests
{
    private const int Cases = 2000;

    private static readonly string[] Statuses = ["Starting", "Downloading", "Training", "Training", "Uploading", "Interrupted", "Stopping", "Updating", "Unheard of"];
    private static readonly string[] OnNodes = ["Downloading", "Training", "Uploading", "Updating"];

    [Fact]
    public void Given_AnyJobsAndCheckpoints_When_Calculated_Then_TheCategoriesSumToTheBillAndTheOrderOfCheckpointsDoesNotMatter()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var (jobs, manifests) = (Jobs(random), Checkpoints(random));
            var lineage = random.Next(3) == 0 && manifests.Count > 0 ? manifests[0].Manifest.Lineage : [];

            var goodput = GoodputRecord.Calculate(jobs, random.Next(5) == 0 ? null : SavedWork.From(manifests, lineage))!;

            Assert.Equal(jobs.Sum(job => (long)job.BillableSeconds!.Value), goodput.Shares.Sum(share => share.BilledSeconds));
            Assert.Equal(AttemptRecord.CostOf(jobs), goodput.Shares.Aggregate((Usd?)Usd.Zero, (sum, share) => sum + share.Cost));
            Assert.Equal(jobs.Sum(SecondsOnNodes), goodput.Shares.Sum(share => share.NodeSeconds), 1e-4);
            Assert.All(goodput.Shares, share => Assert.True(share is { NodeSeconds: >= 0, BilledSeconds: >= 0, Cost.Amount: >= 0 }, $"{share}, seed {seed}"));
        }
    }

    [Fact]
    public void Given_AnyCheckpoints_When_ReadInAnotherOrder_Then_TheResultIsTheSame()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var (jobs, manifests) = (Jobs(random), Checkpoints(random));
            var shuffled = manifests.ToArray();
            random.Shuffle(shuffled);

            Assert.Equal(
                GoodputRecord.Calculate(jobs, SavedWork.From(manifests, []))!.Shares, GoodputRecord.Calculate(jobs, SavedWork.From(shuffled, []))!.Shares);
        }
    }

    private static List<AttemptRecord> Jobs(Random random)
    {
        var (jobs, at) = (new List<AttemptRecord>(), TestRuns.Start);
        var outcomes = Enum.GetValues<OutcomeKind>();
        for (var number = 1; number <= random.Next(1, 4); number++)
        {
            var transitions = new List<StatusTransition>();
            for (var count = random.Next(12); count > 0; count--)
            {
                var end = at.AddTicks(random.NextInt64(0, TimeSpan.TicksPerMinute));
                transitions.Add(new(Statuses[random.Next(Statuses.Length)], at, end, null));
                at = end;
            }

            var billed = random.Next(4) == 0 ? 0 : random.Next(1, 300);
            jobs.Add(TestRuns.Intent with
            {
                Number = number,
                SubmittedAt = TestRuns.Start,
                Outcome = outcomes[random.Next(outcomes.Length)],
                BillableSeconds = billed,
                Cost = ActualCost.Calculate(billed, new Usd(random.Next(1, 1_000_000) / 7000m)),
                Transitions = transitions,
            });
        }

        return jobs;
    }

    private static List<ReadManifest> Checkpoints(Random random)
    {
        DateTimeOffset Moment() => TestRuns.Start.AddTicks(random.NextInt64(0, 10 * TimeSpan.TicksPerMinute));
        var (saved, lineage) = (new List<ReadManifest>(), new List<LineageEntry> { new(1, 0, null, Moment()) });
        for (var step = 1; step <= random.Next(8); step++)
        {
            var manifest = Manifests.Of(step, [.. lineage]) with { WrittenAt = Moment(), StallSeconds = random.Next(3) == 0 ? null : random.NextDouble() * 40 };
            saved.Add(new(manifest, Manifests.Sha256(manifest)));
            if (random.Next(3) == 0)
            {
                lineage.Add(new(lineage.Count + 1, step, random.Next(4) == 0 ? new string('f', 64) : saved[^1].Sha256, Moment(), random.Next(2) == 0 ? null : random.NextDouble() * 200));
            }
        }

        return saved;
    }

    // A job that is asked to stop has the nodes that it had.
    private static double SecondsOnNodes(AttemptRecord job)
    {
        var (seconds, had) = (0.0, false);
        foreach (var transition in job.Transitions)
        {
            had = OnNodes.Contains(transition.Status) || (had && transition.Status == "Stopping");
            seconds += had ? (transition.EndedAt!.Value - transition.StartedAt).TotalSeconds : 0;
        }

        return seconds;
    }
}
