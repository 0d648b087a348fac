using BuildPipeline.Replay;
using BuildPipeline.Spot;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Replay;

/// <summary>What holds on any trace, the nastiest included.</summary>
[Properties(Arbitrary = [typeof(ReplayPropertyTests)], MaxTest = 300)]
public class ReplayPropertyTests
{
    private const double Rounding = 1e-6;
    private static readonly string[] Safe = ["on-demand", "greedy", "slack-rule", "uniform-progress", MarketPolicies.Default];

    public static Arbitrary<ReplayCase> Cases() => Arb.From(
        from tickHours in Gen.Elements(195 / 3600.0, 300 / 3600.0, 600 / 3600.0, 0.25)
        from work in Gen.Choose(10, 120).Select(tenths => tenths / 10.0)
        from restart in Gen.Choose(0, 40).Select(hundredths => hundredths / 100.0)
        from spare in Gen.Choose(0, 400).Select(hundredths => hundredths / 100.0)
        from ratio in Gen.Choose(5, 120).Select(percent => percent / 100.0)
        from start in Gen.Choose(0, 300)
        from longest in Gen.Elements(1, 2, 5, 30, 200)
        from runs in Gen.Choose(1, longest).ArrayOf(2500)
        let deadline = work + restart + spare
        let trace = Traces.Of(tickHours, runs)
        select new ReplayCase(new ReplayJob("1", trace.Name, start, 1, new JobHours(work, deadline, restart), ratio), trace));

    [Property]
    public void Given_AnyTrace_When_ASafePolicyRuns_Then_NoDeadlineIsMissed(ReplayCase item) =>
        Assert.All(Safe, policy => Assert.False(Run(item, policy).Late, policy));

    [Property]
    public void Given_AnyTrace_When_RestartsAndWorkTurnOutLonger_Then_TheMarginHolds(ReplayCase item, int seed)
    {
        var random = new Random(seed);
        var roomy = item.Job with { Hours = item.Job.Hours with { Deadline = (item.Job.WorkHours * 1.05) + (2 * item.Job.RestartHours) + 0.5 } };
        Assert.All(Safe, policy => Assert.False(
            ReplaySimulator.Run(
                roomy, item.Trace, MarketPolicies.Create(policy, SafetyNet.Measured), roomy.WorkHours * 1.05,
                () => roomy.RestartHours * (0.5 + (1.5 * random.NextDouble()))).Late,
            policy));
    }

    [Property]
    public void Given_AnyTrace_When_APolicyMeetsItsDeadline_Then_TheBoundCostsNoMore(ReplayCase item)
    {
        var bound = OmniscientBound.Calculate(item.Job, item.Trace);
        Assert.All(MarketPolicies.Names.Select(policy => Run(item, policy)).Where(outcome => !outcome.Late), outcome =>
            Assert.True(bound <= outcome.Cost + 1e-6, $"bound {bound}, cost {outcome.Cost}"));
    }

    [Property]
    public void Given_AnyTrace_When_ModesAreReplayed_Then_CostAndFinishComeOut(ReplayCase item) => Assert.All(MarketPolicies.Names, policy =>
    {
        var outcome = Run(item, policy);
        var (cost, finish) = Recompute(item, outcome.Modes);
        Assert.Equal(outcome.Cost, cost, 6);
        Assert.Equal(outcome.FinishHours is null, finish is null);
        Assert.Equal(outcome.FinishHours ?? 0, finish ?? 0, 6);
    });

    [Property(MaxTest = 60)]
    public void Given_AnyTrace_When_Forecast_Then_TheFutureIsNotRead(ReplayCase item)
    {
        var cut = item.Trace with { Instances = [.. item.Trace.Instances.Take(item.Job.StartTick), .. Enumerable.Repeat(0, 3000)] };

        Assert.Equal(Forecast(item, MarketPolicies.Default), Forecast(item with { Trace = cut }, MarketPolicies.Default));
    }

    [Property(MaxTest = 60)]
    public void Given_AnyTrace_When_Forecast_Then_TheRangeIsOneThatThePolicyCanReach(ReplayCase item) => Assert.All(MarketPolicies.Names, policy =>
    {
        var (low, middle, high) = Forecast(item, policy);
        Assert.True(low <= middle && middle <= high, $"{low} {middle} {high}");
        Assert.InRange(low, policy == "spot-only" ? 0 : (item.Job.WorkHours * Math.Min(1, item.Job.SpotPriceRatio)) - Rounding, high);
        Assert.InRange(high, low, (item.Job.DeadlineHours * Math.Max(1, item.Job.SpotPriceRatio)) + Rounding);
    });

    private static CostRange Forecast(ReplayCase item, string policy) => CostForecast.Calculate(
        item.Job, ReplaySimulator.PastBefore(item.Job, item.Trace), policy, SafetyNet.Exact);

    private static ReplayOutcome Run(ReplayCase item, string policy) =>
        ReplaySimulator.Run(item.Job, item.Trace, MarketPolicies.Create(policy, SafetyNet.Exact));

    /// <summary>The model once more, from the decisions alone.</summary>
    private static (double Cost, double? Finish) Recompute(ReplayCase item, IReadOnlyList<ModeRun> modes)
    {
        var (job, trace) = (item.Job, item.Trace);
        var (cost, done, starting, elapsed) = (0.0, 0.0, 0.0, 0.0);
        double? finish = null;
        var before = MarketMode.Idle;
        foreach (var mode in modes.SelectMany(run => Enumerable.Repeat(run.Mode, run.Ticks)))
        {
            starting = mode == before ? starting : job.RestartHours;
            var hours = Math.Min(trace.TickHours, job.DeadlineHours - elapsed);
            if (mode != MarketMode.Idle)
            {
                var used = Math.Min(hours, starting + job.WorkHours - done);
                cost += used * (mode == MarketMode.Spot ? job.SpotPriceRatio : 1);
                done += Math.Max(0, used - starting);
                starting = Math.Max(0, starting - used);
                finish = done >= job.WorkHours - 1e-9 ? elapsed + used : null;
            }

            before = mode;
            elapsed += trace.TickHours;
        }

        return (cost, finish);
    }
}
