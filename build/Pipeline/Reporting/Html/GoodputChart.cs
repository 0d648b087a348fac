using BuildPipeline.Goodput;

namespace BuildPipeline.Reporting.Html;

/// <summary>What a bill went into, as one bar of parts.</summary>
internal static class GoodputChart
{
    /// <summary>The bar and its legend; a part without time is left out.</summary>
    public static Html Draw(GoodputRecord goodput)
    {
        var whole = goodput.Shares.Sum(share => share.NodeSeconds);
        var (parts, start) = (new List<Html>(), 0.0);
        foreach (var share in goodput.Shares.Where(share => share.NodeSeconds > 0))
        {
            var width = share.NodeSeconds / whole * 100;
            parts.Add(Html.From($"<rect class=\"{ClassOf(share.Category)}\" x=\"{start}%\" width=\"{width}%\" height=\"24\"><title>{Format.Words(share.Category)}: {Format.Share(share.NodeSeconds, whole)}</title></rect>"));
            start += width;
        }

        var legend = goodput.Shares.Where(share => share.NodeSeconds > 0).Select(share => Legend.Entry(ClassOf(share.Category), $"{Format.Words(share.Category)} {Format.Share(share.NodeSeconds, whole)}"));
        return Html.From($"<figure><svg role=\"img\" aria-label=\"Time on the nodes by category; the table has the figures\" width=\"100%\" height=\"24\">{parts}</svg>\n{Legend.Draw(legend)}</figure>\n");
    }

    private static string ClassOf(GoodputCategory category) => category switch
    {
        GoodputCategory.Productive => "productive",
        GoodputCategory.LostWork => "lost",
        GoodputCategory.Restart => "restart",
        GoodputCategory.CheckpointStall => "stall",
        GoodputCategory.Idle => "idle",
        GoodputCategory.Start => "start",
        _ => "transfer",
    };
}
