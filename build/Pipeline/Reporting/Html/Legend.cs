namespace BuildPipeline.Reporting.Html;

/// <summary>What the colours of a drawing mean.</summary>
internal static class Legend
{
    /// <summary>The legend.</summary>
    public static Html Draw(IEnumerable<Html> entries) => Html.From($"<figcaption class=\"legend\">{entries}</figcaption>\n");

    /// <summary>A colour and its meaning.</summary>
    public static Html Entry(string colour, string meaning) =>
        Html.From($"<span class=\"entry\"><svg aria-hidden=\"true\" width=\"12\" height=\"12\"><rect class=\"{colour}\" width=\"12\" height=\"12\"/></svg> {meaning}</span> ");
}
