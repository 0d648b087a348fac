using BuildPipeline.Replay;
using BuildPipeline.Spot;
using Xunit.Abstractions;

namespace BuildPipeline.Pipeline.Tests.Replay;

/// <summary>
/// The bars, on recorded traces: one folder below the traces folder counts as one market. The output has the figures of docs/spot.md:
/// dotnet test --filter RecordedTraceTests --logger "console;verbosity=detailed".
/// </summary>
public sealed class RecordedTraceTests(ITestOutputHelper output)
{
    private const string BestRule = "slack-rule";
    private const int Starts = 100;
    private static readonly IReadOnlyDictionary<string, SpotTrace>? Recorded = Traces.Recorded();

    private static IEnumerable<IGrouping<string, SpotTrace>> Folders => Recorded!.Values.GroupBy(trace => Path.GetDirectoryName(trace.Name)!);

    [SkippableFact]
    public void Given_RecordedTraces_When_Replayed_Then_NothingIsLateAndCostIsNearTheBound()
    {
        SkipWithoutTraces();

        var scores = Folders.ToDictionary(
            folder => folder.Key, folder => Traces.Settings.Select(setting => ReplayRunner.Compare(Cases(folder, setting))).ToList());

        var means = scores.SelectMany(folder => folder.Value).SelectMany(rows => rows)
            .GroupBy(row => row.Policy).ToDictionary(rows => rows.Key, rows => rows.Average(row => row.OverBound));
        foreach (var policy in means.Keys)
        {
            var folders = scores.Select(folder => $"{Path.GetFileName(folder.Key)} {string.Join(" ", folder.Value.Select(rows => $"{Row(rows, policy).OverBound:0.000}"))}");
            output.WriteLine($"{policy}: mean {means[policy]:0.0000}, late {scores.SelectMany(folder => folder.Value).Sum(rows => Row(rows, policy).Late)}; {string.Join("; ", folders)}");
        }

        Assert.All(scores.SelectMany(folder => folder.Value), rows => Assert.Equal(0, Row(rows, MarketPolicies.Default).Late + Row(rows, BestRule).Late));
        Assert.InRange(means[MarketPolicies.Default], 1, 1.06);
        Assert.True(means[MarketPolicies.Default] < means[BestRule], $"{means[MarketPolicies.Default]} against {means[BestRule]}");
    }

    [SkippableFact]
    public void Given_RecordedTraces_When_RestartsAndWorkTurnOutLonger_Then_NothingIsLateAndTheMarginIsCheap()
    {
        SkipWithoutTraces();

        var cases = Folders.SelectMany(folder => Traces.Settings.SelectMany(setting => Cases(folder, setting))).ToList();
        var guarded = cases.AsParallel().Select(item => Stressed(item, SafetyNet.Measured)).ToList();
        var unguarded = cases.AsParallel().Select(item => Stressed(item, SafetyNet.Exact)).ToList();

        Assert.DoesNotContain(guarded, outcome => outcome.Late);
        Assert.InRange(guarded.Sum(outcome => outcome.Cost) / unguarded.Sum(outcome => outcome.Cost), 0.9, 1.03);
    }

    [SkippableFact]
    public void Given_RecordedTraces_When_CheckpointIntervalsAreSwept_Then_AutoIsWithinOnePoint()
    {
        SkipWithoutTraces();

        Assert.All(Recorded!.Values, trace => Assert.All(new[] { 2.0, 20, 120 }, stall =>
        {
            var result = CheckpointSweep.Run(trace, stall, 360);
            Assert.InRange(result.BestGoodput - result.AutoGoodput, -0.01, 0.01);
        }));
    }

    private static void SkipWithoutTraces() =>
        Skip.If(Recorded is null, $"{Traces.Variable} names no folder of recorded spot traces; the bars on them were not checked.");

    private static List<ReplayCase> Cases(IEnumerable<SpotTrace> traces, (double Work, double Deadline, double Restart) setting) =>
        [.. traces.SelectMany(trace => Traces.Cases(trace, setting, Starts))];

    private static PolicyScore Row(IEnumerable<PolicyScore> rows, string policy) => rows.Single(row => row.Policy == policy);

    private static ReplayOutcome Stressed(ReplayCase item, SafetyNet net)
    {
        var random = new Random(item.Job.StartTick);
        return ReplaySimulator.Run(
            item.Job, item.Trace, MarketPolicies.Create(MarketPolicies.Default, net), item.Job.WorkHours * 1.05,
            () => item.Job.RestartHours * (0.5 + (1.5 * random.NextDouble())));
    }
}
