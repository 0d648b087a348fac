using System.Globalization;
using System.Text;
using BuildPipeline.Goodput;
using BuildPipeline.Runs;

namespace BuildPipeline.Reporting;

/// <summary>The part of the receipt on what the bill went into.</summary>
internal static class GoodputReceipt
{
    /// <summary>Writes it, where something was billed; a category that has nothing is left out.</summary>
    public static void Write(StringBuilder page, RunRecord run)
    {
        if (run.Goodput is not { Ratio: { } ratio } goodput)
        {
            return;
        }

        page.AppendLine().AppendLine("### Goodput").AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"{Format.Share(ratio, 1)} of the billed time was productive. Not billed: {Words(goodput.CapacityWaitSeconds)} of waiting for capacity.").AppendLine();
        page.AppendLine("| billed for | on nodes | billed seconds | cost | share |").AppendLine("|---|--:|--:|--:|--:|");
        foreach (var share in goodput.Shares.Where(share => share.NodeSeconds > 0 || share.BilledSeconds > 0))
        {
            Row(page, Format.Words(share.Category), share.NodeSeconds, share.BilledSeconds, share.Cost, goodput);
        }

        Row(page, "total", goodput.Shares.Sum(share => share.NodeSeconds), goodput.BilledSeconds, goodput.Cost, goodput);
        if (goodput.IsCoarse())
        {
            page.AppendLine().AppendLine(GoodputRecord.RoundingNote);
        }
    }

    private static void Row(StringBuilder page, string name, double nodeSeconds, long billedSeconds, Usd? cost, GoodputRecord goodput) =>
        page.AppendLine(MarkdownText.Row(name, Words(nodeSeconds), billedSeconds.ToString(CultureInfo.InvariantCulture), Format.Money(cost), Format.Share(billedSeconds, goodput.BilledSeconds)));

    private static string Words(double seconds) => TimeSpan.FromSeconds(seconds).InWords();
}
