using BuildPipeline.Replay;
using Xunit.Abstractions;

namespace BuildPipeline.Pipeline.Tests.Replay;

/// <summary>
/// The forecast's bars on recorded traces, each folder judged by a fit on the others. The output has the figures of docs/spot.md, and the
/// width price to ship after a change: dotnet test --filter ForecastFit --logger "console;verbosity=detailed".
/// </summary>
public sealed class ForecastFitTests(ITestOutputHelper output)
{
    private const int Starts = 100;
    private const int OtherStarts = 40;
    private const double Tolerance = 0.02;
    private static readonly (double Work, double Deadline, double Restart) Judged = (12, 15, 0.1);
    private static readonly IReadOnlyDictionary<string, SpotTrace>? Recorded = Traces.Recorded();
    private static readonly Lazy<IReadOnlyList<ForecastSample>> Samples = new(() => Draw(Judged, Starts));

    [SkippableFact]
    public void Given_RecordedTraces_When_EachFolderIsForecastByAFitOnTheOthers_Then_TheBarsHold()
    {
        SkipWithoutTraces();

        var scores = HeldOut(Samples.Value).ToList();

        var mean = ForecastScore.Mean(scores);
        output.WriteLine($"mean: {mean}");
        Assert.All(scores, score => Assert.InRange(score.Coverage, 0.85, 0.95));
        Assert.All(scores, score => Assert.InRange(score.Error, 0, 0.10));
        Assert.InRange(mean.Coverage, 0.86, 0.94);
        Assert.InRange(mean.Width, 0, 0.38);
        Assert.InRange(mean.Error, 0, 0.08);
    }

    [SkippableFact]
    public void Given_RecordedTraces_When_Fitted_Then_TheShippedWidthPriceIsTheFit()
    {
        SkipWithoutTraces();

        var fitted = ForecastFit.WidthPrice(Samples.Value);

        output.WriteLine(FormattableString.Invariant($"width price of all folders: {fitted:0.000}"));
        Assert.InRange(CostForecast.WidthPrice, fitted - Tolerance, fitted + Tolerance);
    }

    [SkippableFact]
    public void Given_RecordedTraces_When_OtherJobsAreForecast_Then_IntervalsHoldMostCosts()
    {
        SkipWithoutTraces();

        Assert.All(Traces.Settings.Where(setting => setting != Judged), setting =>
        {
            var scores = Draw(setting, OtherStarts).GroupBy(sample => sample.Folder).Select(folder => ForecastScore.Of([.. folder], CostForecast.WidthPrice)).ToList();
            output.WriteLine($"{setting}: {string.Join("; ", scores)}; mean: {ForecastScore.Mean(scores)}");
            Assert.InRange(ForecastScore.Mean(scores).Coverage, 0.80, 0.95);
        });
    }

    private static void SkipWithoutTraces() =>
        Skip.If(Recorded is null, $"{Traces.Variable} names no folder of recorded spot traces; the forecast's bars were not checked.");

    private static IReadOnlyList<ForecastSample> Draw((double Work, double Deadline, double Restart) setting, int starts) =>
        ForecastSample.Draw(Recorded!.Values.SelectMany(trace => Traces.Cases(trace, setting, starts)));

    private IEnumerable<ForecastScore> HeldOut(IReadOnlyList<ForecastSample> samples)
    {
        foreach (var folder in samples.GroupBy(sample => sample.Folder))
        {
            var price = ForecastFit.WidthPrice([.. samples.Where(sample => sample.Folder != folder.Key)]);
            var score = ForecastScore.Of([.. folder], price);
            output.WriteLine(FormattableString.Invariant($"{folder.Key}, width price {price:0.000} of the others: {score}"));
            yield return score;
        }
    }
}
