using System.Globalization;
using System.Net;

namespace BuildPipeline.Sandbox.Policies;

/// <summary>Whether a value of a request fits a value of a policy.</summary>
internal delegate bool ValueTest(string actual, PolicyValues values);

/// <summary>How a condition with several values of one key in the request is held.</summary>
internal enum ValueSet
{
    One,

    /// <summary><c>ForAllValues:</c></summary>
    All,

    /// <summary><c>ForAnyValue:</c></summary>
    Any,
}

/// <summary>An operator of a condition, for example <c>ForAnyValue:StringNotLikeIfExists</c>.</summary>
/// <param name="Comparison">Without prefix, ending and <c>Not</c>.</param>
/// <param name="IsNegated">Holds where no value fits.</param>
internal sealed record PolicyOperator(string Name, string Comparison, ValueSet Set, bool IfExists, bool IsNegated)
{
    private const string OfNull = "Null";
    private const string Ending = "IfExists";

    /// <summary>What each comparison makes of a value of the policy; null for a value that it cannot read.</summary>
    private static readonly Dictionary<string, Func<string, bool, ValueTest?>> Comparisons = new(StringComparer.Ordinal)
    {
        ["StringEquals"] = (wanted, variables) => PolicyPattern.Parse(wanted, variables, hasWildcards: false).Matches,
        ["StringEqualsIgnoreCase"] = (wanted, variables) => PolicyPattern.Parse(wanted, variables, hasWildcards: false, ignoresCase: true).Matches,
        ["StringLike"] = (wanted, variables) => PolicyPattern.Parse(wanted, variables).Matches,
        ["ArnEquals"] = (wanted, variables) => PolicyPattern.Parse(wanted, variables).MatchesArn,
        ["ArnLike"] = (wanted, variables) => PolicyPattern.Parse(wanted, variables).MatchesArn,
        ["Bool"] = (wanted, _) => bool.TryParse(wanted, out var flag) ? (actual, _) => bool.TryParse(actual, out var value) && value == flag : null,
        ["BinaryEquals"] = (wanted, _) => BytesOf(wanted) is { } bytes ? (actual, _) => BytesOf(actual)?.AsSpan().SequenceEqual(bytes) == true : null,
        ["NumericEquals"] = Ordered(NumberOf, order => order == 0),
        ["NumericLessThan"] = Ordered(NumberOf, order => order < 0),
        ["NumericLessThanEquals"] = Ordered(NumberOf, order => order <= 0),
        ["NumericGreaterThan"] = Ordered(NumberOf, order => order > 0),
        ["NumericGreaterThanEquals"] = Ordered(NumberOf, order => order >= 0),
        ["DateEquals"] = Ordered(TimeOf, order => order == 0),
        ["DateLessThan"] = Ordered(TimeOf, order => order < 0),
        ["DateLessThanEquals"] = Ordered(TimeOf, order => order <= 0),
        ["DateGreaterThan"] = Ordered(TimeOf, order => order > 0),
        ["DateGreaterThanEquals"] = Ordered(TimeOf, order => order >= 0),
        ["IpAddress"] = (wanted, _) => NetworkOf(wanted) is { } network
            ? (actual, _) => IPAddress.TryParse(actual, out var address) && network.Contains(address)
            : null,
        [OfNull] = (wanted, _) => bool.TryParse(wanted, out var flag) ? (actual, _) => bool.Parse(actual) == flag : null,
    };

    private static readonly Dictionary<string, string> Negations = new(StringComparer.Ordinal)
    {
        ["StringNotEquals"] = "StringEquals",
        ["StringNotEqualsIgnoreCase"] = "StringEqualsIgnoreCase",
        ["StringNotLike"] = "StringLike",
        ["ArnNotEquals"] = "ArnEquals",
        ["ArnNotLike"] = "ArnLike",
        ["NumericNotEquals"] = "NumericEquals",
        ["DateNotEquals"] = "DateEquals",
        ["NotIpAddress"] = "IpAddress",
    };

    /// <summary>True for the operator that asks whether a key is there.</summary>
    public bool IsNull => Comparison == OfNull;

    /// <exception cref="PolicySyntaxException">There is no such operator.</exception>
    public static PolicyOperator Parse(string name)
    {
        var (set, rest) = name.Split(':', 2) switch
        {
            ["ForAllValues", var other] => (ValueSet.All, other),
            ["ForAnyValue", var other] => (ValueSet.Any, other),
            _ => (ValueSet.One, name),
        };
        var ifExists = rest.EndsWith(Ending, StringComparison.Ordinal);
        var plain = ifExists ? rest[..^Ending.Length] : rest;
        var comparison = Negations.GetValueOrDefault(plain, plain);
        return Comparisons.ContainsKey(comparison) && (comparison != OfNull || name == OfNull)
            ? new PolicyOperator(name, comparison, set, ifExists, comparison != plain)
            : throw new PolicySyntaxException($"Invalid Condition type : {name}.");
    }

    /// <exception cref="PolicySyntaxException">The operator cannot read the value.</exception>
    public ValueTest Compile(string value, bool hasVariables) => Comparisons[Comparison](value, hasVariables)
        ?? throw new PolicySyntaxException($"Invalid value '{value}' for the condition type {Name}.");

    private static Func<string, bool, ValueTest?> Ordered<T>(Func<string, T?> read, Func<int, bool> fits)
        where T : struct, IComparable<T> =>
        (wanted, _) => read(wanted) is { } limit ? (actual, _) => read(actual) is { } value && fits(value.CompareTo(limit)) : null;

    private static decimal? NumberOf(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>ISO 8601, or seconds since 1970.</summary>
    private static DateTimeOffset? TimeOf(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds) < int.MaxValue
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static IPNetwork? NetworkOf(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;

    private static byte[]? BytesOf(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}
