namespace BuildPipeline.Reporting.Html;

/// <summary>Dollars as bars on one scale.</summary>
internal static class BarChart
{
    /// <summary>A table with a bar in each row.</summary>
    /// <param name="amounts">The amounts; null is unknown.</param>
    public static Html Draw(IReadOnlyList<(string Name, Usd? Amount)> amounts)
    {
        var most = amounts.Max(amount => amount.Amount?.Amount ?? 0);
        return Html.From($"<table class=\"bars\"><tbody>\n{amounts.Select(amount => Row(amount.Name, amount.Amount, most))}</tbody></table>\n");
    }

    private static Html Row(string name, Usd? amount, decimal most)
    {
        var share = amount is { } known && most > 0 ? (double)(known.Amount / most) * 100 : 0;
        return Html.From($"<tr><th scope=\"row\">{name}</th><td class=\"bar\"><svg aria-hidden=\"true\" width=\"100%\" height=\"16\"><rect class=\"track\" width=\"100%\" height=\"16\"/><rect class=\"amount {name.Replace(' ', '-')}\" width=\"{share}%\" height=\"16\"/></svg></td><td class=\"figure\">{Format.Money(amount)}</td></tr>\n");
    }
}
