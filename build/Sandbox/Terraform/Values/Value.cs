using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace BuildPipeline.Sandbox.Terraform.Values;

/// <summary>A value of Terraform's language, compared by content; an unknown value is one that only apply decides.</summary>
internal abstract record Value
{
    public static readonly Value Null = new NullValue();
    public static readonly Value Unknown = new UnknownValue();

    public bool IsNull => this is NullValue;

    public bool IsUnknown => this is UnknownValue;

    /// <summary>True if nothing in the value is unknown.</summary>
    public virtual bool IsWhollyKnown => !IsUnknown;

    public static implicit operator Value(string? text) => text is null ? Null : new StringValue(text);

    public static implicit operator Value(bool truth) => new BoolValue(truth);

    public static implicit operator Value(long number) => NumberValue.From(number);

    public static Value ListOf(IEnumerable<string> texts) => new ListValue([.. texts.Select(text => (Value)text)]);

    public static Value SetOf(IEnumerable<string> texts) => new SetValue(texts.Select(text => (Value)text));
}

internal sealed record NullValue : Value
{
    public override string ToString() => "null";
}

internal sealed record UnknownValue : Value
{
    public override string ToString() => "(known after apply)";
}

internal sealed record StringValue(string Text) : Value
{
    public override string ToString() => $"\"{Text}\"";
}

internal sealed record BoolValue(bool Truth) : Value
{
    public override string ToString() => Truth ? "true" : "false";
}

/// <summary>A number of any size, kept as its exact decimal text without exponent or needless zeros.</summary>
internal sealed record NumberValue : Value
{
    private NumberValue(string text) => Text = text;

    public string Text { get; }

    public static NumberValue From(long number) => new(number.ToString(CultureInfo.InvariantCulture));

    public static NumberValue From(ulong number) => new(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>The exact value of a binary floating point number, which never needs more than 1074 decimals.</summary>
    public static NumberValue From(double number) => Parse(number.ToString("F1074", CultureInfo.InvariantCulture));

    /// <summary>Reads a decimal number, with or without an exponent.</summary>
    /// <exception cref="FormatException">The text is not a number.</exception>
    public static NumberValue Parse(string text)
    {
        var exponentAt = text.IndexOfAny(['e', 'E']);
        var exponent = exponentAt < 0
            ? 0 : int.Parse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = exponentAt < 0 ? text : text[..exponentAt];
        var negative = mantissa.StartsWith('-');
        mantissa = mantissa.TrimStart('-', '+');
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? mantissa : mantissa.Remove(point, 1);
        if (digits.Length == 0 || digits.Any(digit => !char.IsAsciiDigit(digit)) || Math.Abs(exponent) > 10_000)
        {
            throw new FormatException($"\"{text}\" is not a number.");
        }

        return new(Write(negative, digits, (point < 0 ? digits.Length : point) + exponent));
    }

    public override string ToString() => Text;

    private static string Write(bool negative, string digits, int wholeDigits)
    {
        digits = wholeDigits < 0 ? new string('0', -wholeDigits) + digits : digits.PadRight(wholeDigits, '0');
        var whole = digits[..Math.Max(wholeDigits, 0)].TrimStart('0');
        var fraction = digits[Math.Max(wholeDigits, 0)..].TrimEnd('0');
        var text = (whole.Length == 0 ? "0" : whole) + (fraction.Length == 0 ? "" : "." + fraction);
        return negative && text != "0" ? "-" + text : text;
    }
}

/// <summary>What lists and sets share.</summary>
internal abstract record SequenceValue : Value
{
    public abstract ImmutableArray<Value> Items { get; }

    public override bool IsWhollyKnown => Items.All(item => item.IsWhollyKnown);

    public override string ToString() => $"[{string.Join(", ", Items)}]";

    public virtual bool Equals(SequenceValue? other) =>
        other is not null && EqualityContract == other.EqualityContract && Items.SequenceEqual(other.Items);

    public override int GetHashCode() => Items.Aggregate(Items.Length, HashCode.Combine);
}

internal sealed record ListValue(ImmutableArray<Value> Elements) : SequenceValue
{
    public override ImmutableArray<Value> Items => Elements;

    public bool Equals(ListValue? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();

    public override string ToString() => base.ToString();
}

/// <summary>A set, its elements in one settled order, so equal sets compare and encode alike.</summary>
internal sealed record SetValue : SequenceValue
{
    public SetValue(IEnumerable<Value> elements)
    {
        var known = new HashSet<Value>();
        Items = [.. elements.Where(element => !element.IsWhollyKnown || known.Add(element))
            .OrderBy(element => element.ToString(), StringComparer.Ordinal)];
    }

    public override ImmutableArray<Value> Items { get; }

    public bool Equals(SetValue? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();

    public override string ToString() => base.ToString();
}

/// <summary>A map, or the content of a block.</summary>
internal sealed record MapValue(ImmutableSortedDictionary<string, Value> Members) : Value
{
    public static readonly MapValue Empty = new(ImmutableSortedDictionary.Create<string, Value>(StringComparer.Ordinal));

    public override bool IsWhollyKnown => Members.Values.All(member => member.IsWhollyKnown);

    /// <summary>A member, null if there is none of the name.</summary>
    public Value this[string name] => Members.GetValueOrDefault(name, Null);

    public MapValue With(string name, Value value) => new(Members.SetItem(name, value));

    /// <summary>A string, number or boolean member as text; null if it is null, unknown or of another type.</summary>
    public string? Text(string name) => this[name] switch
    {
        StringValue value => value.Text,
        NumberValue value => value.Text,
        BoolValue value => value.ToString(),
        _ => null,
    };

    /// <summary>True if the member is a known true.</summary>
    public bool IsTrue(string name) => this[name] is BoolValue { Truth: true };

    /// <summary>The known strings of a list or set member; none if it is null or unknown.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        this[name] is SequenceValue sequence ? [.. sequence.Items.OfType<StringValue>().Select(item => item.Text)] : [];

    /// <summary>The blocks of a kind; none if there are none or their number is unknown.</summary>
    public IReadOnlyList<MapValue> Blocks(string name) => this[name] switch
    {
        SequenceValue sequence => [.. sequence.Items.OfType<MapValue>()],
        MapValue single => [single],
        _ => [],
    };

    public bool Equals(MapValue? other) =>
        other is not null && Members.Count == other.Members.Count
            && Members.All(member => other.Members.TryGetValue(member.Key, out var value) && value == member.Value);

    public override int GetHashCode() =>
        Members.Aggregate(Members.Count, (hash, member) => HashCode.Combine(hash, member.Key, member.Value));

    public override string ToString()
    {
        var text = new StringBuilder("{");
        foreach (var (name, value) in Members)
        {
            text.Append(text.Length > 1 ? ", " : "").Append(name).Append(" = ").Append(value);
        }

        return text.Append('}').ToString();
    }
}
