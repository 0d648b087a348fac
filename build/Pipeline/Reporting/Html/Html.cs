using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using BuildPipeline.Reporting.Receipts;

namespace BuildPipeline.Reporting.Html;

/// <summary>A piece of HTML. What an interpolated string brings into it is text, whatever it says.</summary>
internal readonly record struct Html(string Markup)
{
    /// <summary>The HTML of an interpolated string: its literals are markup, its strings are escaped.</summary>
    public static Html From(HtmlBuilder html) => new(html.ToString());

    /// <summary>Several pieces.</summary>
    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces.Select(piece => piece.Markup)));

    /// <summary>A text with its marks.</summary>
    public static Html From(Text text) => Join(text.Parts.Select(part => part.Kind switch
    {
        TextKind.Own => From($"{part.Content}"),
        TextKind.Strong => From($"<strong>{part.Content}</strong>"),
        TextKind.Passed or TextKind.Failed => From($"<span class=\"{part.Content}\">{part.Content}</span>"),
        TextKind.Value => From($"<code>{InertText.OneLine(part.Content)}</code>"),
        _ => From($"{InertText.OneLine(part.Content)}"),
    }));
}

/// <summary>Makes <see cref="Html"/> of an interpolated string.</summary>
[InterpolatedStringHandler]
internal sealed class HtmlBuilder(int literalLength, int formattedCount)
{
    private readonly StringBuilder _markup = new(literalLength + (16 * formattedCount));

    /// <summary>Adds markup.</summary>
    public void AppendLiteral(string markup) => _markup.Append(markup);

    /// <summary>Adds text.</summary>
    public void AppendFormatted(string? text) => _markup.Append(WebUtility.HtmlEncode(text));

    /// <summary>Adds a piece as it is.</summary>
    public void AppendFormatted(Html html) => _markup.Append(html.Markup);

    /// <summary>Adds several pieces.</summary>
    public void AppendFormatted(IEnumerable<Html> pieces) => _markup.Append(Html.Join(pieces).Markup);

    /// <summary>Adds a number with the digits that a drawing shows.</summary>
    public void AppendFormatted(double number) => _markup.Append(number.ToString("0.###", CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override string ToString() => _markup.ToString();
}
