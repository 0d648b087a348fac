using BuildPipeline.Reporting.Receipts;
using BuildPipeline.Spot;

namespace BuildPipeline.Reporting.Html;

/// <summary>A timeline with a lane for each job.</summary>
internal static class TimelineDrawing
{
    /// <summary>The lanes, their axis and the legend.</summary>
    public static Html Draw(Timeline timeline)
    {
        var phases = timeline.Lanes.SelectMany(lane => lane.Periods).Select(period => period.Phase).Distinct().Order();
        var leftOut = timeline.LeftOut == 0 ? default : Html.From($"<p>{timeline.LeftOut} shorter periods are not drawn.</p>\n");
        return Html.From(
            $"""
            <figure>
            {timeline.Lanes.Select(lane => Draw(timeline, lane))}
            <div class="axis"><span>{Format.Moment(timeline.From)}</span><span>{Format.Moment(timeline.To)}</span></div>
            {Legend.Draw(phases.Select(phase => Legend.Entry(ClassOf(phase), Format.Words(phase))))}</figure>
            {leftOut}
            """);
    }

    private static Html Draw(Timeline timeline, TimelineLane lane)
    {
        var name = FormattableString.Invariant($"Attempt {lane.Attempt}, {(lane.Market == Market.Spot ? "spot" : "on-demand")}");
        return Html.From($"<p class=\"lane\">{name}</p><svg role=\"img\" aria-label=\"{name}: what it did when\" width=\"100%\" height=\"22\"><rect class=\"track\" width=\"100%\" height=\"22\"/>{lane.Periods.Select(period => Draw(timeline, period))}</svg>\n");
    }

    private static Html Draw(Timeline timeline, JobPeriod period)
    {
        var (start, width) = ((period.From - timeline.From) / timeline.Length * 100, period.Length / timeline.Length * 100);
        return Html.From($"<rect class=\"{ClassOf(period.Phase)}\" x=\"{start}%\" width=\"{Math.Max(0.15, width)}%\" height=\"22\"><title>{Format.Words(period.Phase)}, {period.Length.InWords()}</title></rect>");
    }

    private static string ClassOf(JobPhase phase) => phase switch
    {
        JobPhase.Waiting => "waiting",
        JobPhase.Training => "productive",
        JobPhase.Stopping => "stall",
        JobPhase.Uploading => "transfer",
        _ => "start",
    };
}
