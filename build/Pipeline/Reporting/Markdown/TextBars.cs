using BuildPipeline.Reporting.Receipts;

namespace BuildPipeline.Reporting.Markdown;

/// <summary>Dollars as bars of text.</summary>
internal static class TextBars
{
    private const int Width = 30;

    /// <summary>A block of code with a line for each amount.</summary>
    public static string Write(AmountBars bars)
    {
        var most = bars.Amounts.Max(amount => amount.Amount?.Amount ?? 0);
        var name = bars.Amounts.Max(amount => amount.Name.Length);
        return MarkdownText.Fence(bars.Amounts.Select(amount => $"{amount.Name.PadRight(name)} {Format.Money(amount.Amount),10} {CostText.Bar(amount.Amount, most, Width)}".TrimEnd()));
    }
}
