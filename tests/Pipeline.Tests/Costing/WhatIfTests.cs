using System.Globalization;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Spot;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Costing;

/// <summary>Other ways to do a job's work: each is what its variables say, and none that the team may use is better in everything.</summary>
public sealed class WhatIfTests
{
    private static readonly PriceBook Book = new();
    private static readonly CostEstimator Estimator = new(Book, new FakeTimeProvider(Sample.Noon));
    private static readonly Forecaster Forecaster = new(Book);
    private static readonly WhatIf WhatIf = new(Forecaster, Estimator);
    private static readonly string[] Types = ["ml.g5.xlarge", "ml.g5.12xlarge", "ml.g6.2xlarge", "ml.g6.12xlarge", "ml.g6e.4xlarge", "ml.p4d.24xlarge", "ml.p5.48xlarge"];

    [Fact]
    [Trait("Tier", "all")]
    public void Given_FiftyRandomJobs_When_Compared_Then_EachPointPlannedAgainHasTheSameCeilingAndNoneOfManyVariantsDominatesIt()
    {
        var variants = Enumerable.Range(0, 50).Select(Random).Sum(AssertFront);

        Assert.True(variants >= 5000, $"{variants} variants");
    }

    [Fact]
    public void Given_AJob_When_Compared_Then_EachPointPlannedAgainHasTheSameCeilingAndNoVariantDominatesIt() => 
        AssertFront(Question(Sample.Job with { MaxRuntimeSeconds = 36_000, MaxWaitSeconds = 86_400 }) with { InstanceTypes = ["ml.g5.xlarge", "ml.g6e.4xlarge"] });

    [Fact]
    public void Given_AnyFront_When_APartIsSelected_Then_BothEndsAreInIt()
    {
        List<WhatIfPoint> front = [.. Enumerable.Range(0, 9).Select(index => new WhatIfPoint { Job = Sample.Job, Variables = [], Expected = new Usd(index), Ceiling = new Usd(9), Finish = TimeSpan.FromHours(9 - index), Late = 0 })];

        Assert.Equal([0, 3, 5, 8], WhatIf.Select(front, 4).Select(point => (int)point.Expected.Amount));
        Assert.Equal(front[..3], WhatIf.Select(front[..3], 4));
        Assert.True(front[0].Dominates(front[0] with { Late = 0.1 }) && !front[0].Dominates(front[0]) && !front[0].Dominates(front[1]));
    }

    // The number of variants that were tried.
    private static int AssertFront(WhatIfQuestion question)
    {
        var front = WhatIf.Front(question);
        Assert.NotEmpty(front);
        Assert.All(front, point =>
        {
            var again = Estimator.Estimate(Planned(question.Job, point.Variables), question.Plan, question.Prices, question.UploadedBytes, question.Policy);
            Assert.Equal((point.Ceiling, GateVerdict.NeedsApproval), (again.Ceiling, again.Verdict));
            Assert.Equal(point.Expected, again.Expected);
        });

        // By force, and by the gate's own price of each.
        List<TrainingJobSpec> variants = [.. WhatIf.Variants(question)];
        Assert.Contains(variants, job => job.Nodes() == question.Job.Nodes() && job.UseSpotInstances == question.Job.UseSpotInstances);
        var tried = variants.AsParallel().Select(job => (Job: job, Cost: Estimator.Estimate(job, question.Plan, question.Prices, question.UploadedBytes, question.Policy, JobSimulation.Deadline(question.Job))))
            .Where(variant => variant.Cost.Verdict == GateVerdict.NeedsApproval && question.MayUse(variant.Job, variant.Cost)).ToList();
        Assert.All(front, point => Assert.DoesNotContain(tried, variant => point is var (expected, finish, late)
            && variant.Cost.Expected <= expected && variant.Cost.CostSimulation!.FinishSeconds <= finish && variant.Cost.CostSimulation.DeadlineRisk <= late
            && (variant.Cost.Expected < expected || variant.Cost.CostSimulation.FinishSeconds < finish || variant.Cost.CostSimulation.DeadlineRisk < late)));
        return variants.Count;
    }

    // As infra reads its variables.
    private static TrainingJobSpec Planned(TrainingJobSpec job, IReadOnlyList<string> variables)
    {
        foreach (var (name, value) in variables.Select(variable => variable.Split('=')).Select(pair => (pair[0], pair[1] == "null" ? null : pair[1])))
        {
            var number = value is not null && double.TryParse(value, CultureInfo.InvariantCulture, out var read) ? read : (double?)null;
            job = name switch
            {
                "instance_type" => job with { InstanceType = value! },
                "instance_count" => job with { InstanceCount = (int)number! },
                "use_spot_instances" => job with { UseSpotInstances = value == "true" },
                "max_runtime_seconds" => job with { MaxRuntimeSeconds = (int)number! },
                "max_wait_seconds" => job with { MaxWaitSeconds = (int?)number },
                "expected_runtime_seconds" => job with { ExpectedRuntimeSeconds = (int?)number },
                "deadline_hours" => job with { DeadlineHours = number },
                "instance_fallbacks" when value == "[]" => job with { InstanceFallbacks = [] },
                _ => throw new InvalidOperationException(name),
            };
        }

        Assert.True(job.MaxWaitSeconds is null || (job.UseSpotInstances && job.MaxWaitSeconds >= job.MaxRuntimeSeconds));
        return job with { MaxWaitSeconds = job.UseSpotInstances ? job.MaxWaitSeconds ?? (2 * job.MaxRuntimeSeconds) : null };
    }

    private static WhatIfQuestion Random(int seed)
    {
        var random = new Random(seed);
        var (runtime, spot) = (random.Next(1800, 200_000), random.Next(3) > 0);
        var job = Sample.Job with
        {
            InstanceType = Types[random.Next(Types.Length)],
            InstanceCount = random.Next(1, 7),
            UseSpotInstances = spot,
            MaxRuntimeSeconds = runtime,
            MaxWaitSeconds = spot ? runtime * random.Next(1, 4) : null,
            ExpectedRuntimeSeconds = random.Next(2) == 0 ? null : (int)(runtime * (0.4 + (0.5 * random.NextDouble()))),
            DeadlineHours = random.Next(2) == 0 ? null : Math.Round(runtime / 3600.0 * (0.8 + (2 * random.NextDouble())), 2),
            CheckpointIntervalSeconds = random.Next(2) == 0 ? null : 600,
            CheckpointSizeGb = random.Next(1, 20),
            InstanceFallbacks = random.Next(3) > 0 ? [] : [new() { InstanceType = "ml.g5.24xlarge", InstanceCount = 2, UseSpotInstances = false }],
        };
        var (names, free) = (MarketPolicies.Names.ToList(), Question(job));
        var own = WhatIf.Own(free).Ceiling;
        return free with { Policy = names[random.Next(names.Count)], Plan = free.Plan with { MaxRunCostUsd = own * (decimal)(1 + (2 * random.NextDouble())) } };
    }

    private static WhatIfQuestion Question(TrainingJobSpec job) => new(
        job, Sample.Plan with { MaxRunCostUsd = new Usd(500) }, Book.Snapshot("us-east-1", [.. Types.Union(job.NodeOptions().Select(nodeOption => nodeOption.InstanceType))]), Types, 1_000_000, MarketPolicies.Default,
        (variant, _) => variant.InstanceCount < 8);
}

file static class Points
{
    public static void Deconstruct(this WhatIfPoint point, out Usd expected, out double finish, out double late) => (expected, finish, late) = (point.Expected, point.Finish.TotalSeconds, point.Late);
}
