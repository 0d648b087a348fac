using System.Globalization;
using System.Runtime.CompilerServices;
using BuildPipeline.Secrets;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>Where a part of a text comes from, which decides how a view writes it.</summary>
public enum TextKind
{
    /// <summary>Written here.</summary>
    Own,

    /// <summary>Written here, and not to be missed.</summary>
    Strong,

    /// <summary>The word for a check that holds.</summary>
    Passed,

    /// <summary>The word for a check that does not hold.</summary>
    Failed,

    /// <summary>A sentence of others: a failure, a comment, a name among words.</summary>
    Foreign,

    /// <summary>A value of others, to be copied as it is: a name, an address, a command.</summary>
    Value,
}

/// <summary>A part of a text.</summary>
public sealed record TextPart(TextKind Kind, string Content);

/// <summary>A text of a receipt, whose parts say where they come from: what others wrote is shown and never obeyed. It ends before what looks like a secret, because a receipt has more readers than a log.</summary>
public sealed class Text
{
    private const int Longest = 1000;

    // Of a secret that was shortened nobody could tell that it is one, so more is searched than is kept.
    private const int LongestSearched = 4000;

    internal Text(IReadOnlyList<TextPart> parts) => Parts = parts;

    /// <summary>Its parts, in order.</summary>
    public IReadOnlyList<TextPart> Parts { get; }

    /// <summary>The text of an interpolated string: its literals are written here, its strings are of others.</summary>
    public static Text From(TextBuilder text) => text.ToText();

    /// <summary>A text that is written here.</summary>
    public static Text Own(string text) => new([new(TextKind.Own, text)]);

    /// <summary>A text that is written here and not to be missed.</summary>
    public static Text Strong(string text) => new([new(TextKind.Strong, text)]);

    /// <summary>Whether a check holds.</summary>
    public static Text Mark(bool passed) => new([passed ? new(TextKind.Passed, "passed") : new(TextKind.Failed, "failed")]);

    /// <summary>A sentence of others; what is very long is cut.</summary>
    public static Text Foreign(string text) => new([new(TextKind.Foreign, Shown(text))]);

    /// <summary>A value of others; what is very long is cut.</summary>
    public static Text Value(string text) => new([new(TextKind.Value, Shown(text))]);

    /// <summary>Several texts as one.</summary>
    public static Text Join(string separator, IEnumerable<Text> texts) =>
        new([.. texts.SelectMany((text, index) => index == 0 ? text.Parts : [new(TextKind.Own, separator), .. text.Parts])]);

    /// <summary>Without any marks.</summary>
    public override string ToString() => string.Concat(Parts.Select(part => part.Kind is TextKind.Foreign or TextKind.Value ? InertText.OneLine(part.Content) : part.Content));

    /// <summary>A line of others as receipts show it: short, and up to what looks like a secret.</summary>
    internal static string Shown(string line) => Shortened(SecretScan.CutBefore(Cut(line, LongestSearched)));

    /// <summary>A line, cut where it is very long.</summary>
    internal static string Shortened(string line) => Cut(line, Longest);

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length] + "…";
}

/// <summary>Makes a <see cref="Text"/> of an interpolated string.</summary>
[InterpolatedStringHandler]
public sealed class TextBuilder(int literalLength, int formattedCount)
{
    private readonly List<TextPart> _parts = new(literalLength > 0 ? (2 * formattedCount) + 1 : formattedCount);

    /// <summary>Adds what is written here.</summary>
    public void AppendLiteral(string text) => _parts.Add(new(TextKind.Own, text));

    /// <summary>Adds what others wrote.</summary>
    public void AppendFormatted(string? text) => AppendFormatted(Text.Foreign(text ?? ""));

    /// <summary>Adds dollars.</summary>
    public void AppendFormatted(Usd amount) => AppendLiteral(amount.ToString());

    /// <summary>Adds dollars; null is unknown.</summary>
    public void AppendFormatted(Usd? amount) => AppendLiteral(Format.Money(amount));

    /// <summary>Adds a text as it is.</summary>
    public void AppendFormatted(Text text) => _parts.AddRange(text.Parts);

    /// <summary>Adds a number.</summary>
    public void AppendFormatted<T>(T number)
        where T : struct, IFormattable => AppendLiteral(number.ToString(null, CultureInfo.InvariantCulture));

    internal Text ToText() => new(_parts);
}
