using System.Text;
using BuildPipeline.Reporting.Receipts;
using BuildPipeline.Spot;

namespace BuildPipeline.Reporting.Markdown;

/// <summary>A timeline as a diagram that GitHub draws. It has numbers and words of this project only.</summary>
internal static class MermaidTimeline
{
    /// <summary>A block of Mermaid.</summary>
    public static string Write(Timeline timeline)
    {
        var lines = new StringBuilder("```mermaid\ngantt\n  dateFormat x\n");
        lines.Append("  axisFormat ").Append(timeline.Length > TimeSpan.FromDays(1) ? "%m-%d %H:%M" : timeline.Length > TimeSpan.FromHours(1) ? "%H:%M" : "%H:%M:%S").Append('\n');
        foreach (var lane in timeline.Lanes)
        {
            lines.Append(FormattableString.Invariant($"  section Attempt {lane.Attempt}, {(lane.Market == Market.Spot ? "spot" : "on-demand")}\n"));
            foreach (var period in lane.Periods)
            {
                lines.Append(FormattableString.Invariant($"  {Format.Words(period.Phase)} :{StyleOf(period.Phase)}{period.From.ToUnixTimeMilliseconds()}, {period.To.ToUnixTimeMilliseconds()}\n"));
            }
        }

        var leftOut = timeline.LeftOut == 0 ? "" : FormattableString.Invariant($"\n\n{timeline.LeftOut} shorter periods are not drawn.");
        return $"{lines}```{leftOut}";
    }

    // Mermaid has three colours: waiting is done (grey), training active.
    private static string StyleOf(JobPhase phase) => phase switch
    {
        JobPhase.Waiting => "done, ",
        JobPhase.Training => "active, ",
        _ => "",
    };
}
