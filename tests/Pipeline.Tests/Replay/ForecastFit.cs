using BuildPipeline.Replay;
using BuildPipeline.Spot;

namespace BuildPipeline.Pipeline.Tests.Replay;

/// <summary>A recorded job, with what it cost and what its drawn futures cost.</summary>
internal sealed record ForecastSample(string Folder, ReplayJob Job, double Cost, double[] Futures)
{
    public static IReadOnlyList<ForecastSample> Draw(IEnumerable<ReplayCase> cases) => [.. cases.AsParallel().AsOrdered().Select(item => new ForecastSample(
        Path.GetDirectoryName(item.Trace.Name)!,
        item.Job,
        ReplaySimulator.Run(item.Job, item.Trace, MarketPolicies.Create(MarketPolicies.Default, SafetyNet.Exact)).Cost,
        CostForecast.Costs(item.Job, ReplaySimulator.PastBefore(item.Job, item.Trace), MarketPolicies.Default, SafetyNet.Exact)))];
}

/// <summary>How forecasts did: share of the costs within, mean width and median error, the latter two over the work's hours.</summary>
internal sealed record ForecastScore(double Coverage, double Width, double Error)
{
    private const double Rounding = 1e-9;

    public static ForecastScore Of(IReadOnlyCollection<ForecastSample> samples, double widthPrice)
    {
        var judged = samples.Select(sample => (sample.Cost, sample.Job.WorkHours, Range: CostForecast.Range(sample.Job, sample.Futures, widthPrice))).ToList();
        return new(
            judged.Average(one => one.Cost >= one.Range.P05 - Rounding && one.Cost <= one.Range.P95 + Rounding ? 1 : 0),
            judged.Average(one => (one.Range.P95 - one.Range.P05) / one.WorkHours),
            judged.Select(one => Math.Abs(one.Cost - one.Range.P50) / one.WorkHours).Order().ElementAt(judged.Count / 2));
    }

    public static ForecastScore Mean(IReadOnlyCollection<ForecastScore> scores) => new(
        scores.Average(score => score.Coverage), scores.Average(score => score.Width), scores.Average(score => score.Error));

    public override string ToString() => FormattableString.Invariant($"covers {Coverage:0.000}, width {Width:0.000}, median error {Error:0.000}");
}

/// <summary>Fits the forecast's width price, the one figure of it that is fitted.</summary>
internal static class ForecastFit
{
    /// <summary>Share of the costs that the intervals are to hold, on average over the folders.</summary>
    public const double Coverage = 0.89;

    private const int Halvings = 20;

    /// <summary>The highest price, and so the narrowest intervals, at which the intervals hold that share.</summary>
    public static double WidthPrice(IReadOnlyCollection<ForecastSample> samples)
    {
        var folders = samples.GroupBy(sample => sample.Folder).Select(folder => folder.ToList()).ToList();
        var (low, high) = (0.0, 2.0);
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = ForecastScore.Mean([.. folders.Select(folder => ForecastScore.Of(folder, middle))]).Coverage >= Coverage ? (middle, high) : (low, middle);
        }

        return low;
    }
}
