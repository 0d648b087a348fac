using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Policies;

/// <summary>One operator, one key and the values that it is held against.</summary>
internal sealed record PolicyCondition(string Operator, string Key, IReadOnlyList<string> Values)
{
    private const string IfExists = "IfExists";

    private static readonly Dictionary<string, Func<string, string, bool>> Comparisons = new(StringComparer.OrdinalIgnoreCase)
    {
        ["StringEquals"] = (wanted, actual) => wanted == actual,
        ["StringEqualsIgnoreCase"] = (wanted, actual) => wanted.Equals(actual, StringComparison.OrdinalIgnoreCase),
        ["StringLike"] = (wanted, actual) => PolicyText.Matches(wanted, actual),
        ["ArnEquals"] = (wanted, actual) => PolicyText.Matches(wanted, actual),
        ["ArnLike"] = (wanted, actual) => PolicyText.Matches(wanted, actual),
        ["Bool"] = (wanted, actual) => wanted.Equals(actual, StringComparison.OrdinalIgnoreCase),
        ["NumericEquals"] = Numeric((actual, wanted) => actual == wanted),
        ["NumericLessThan"] = Numeric((actual, wanted) => actual < wanted),
        ["NumericLessThanEquals"] = Numeric((actual, wanted) => actual <= wanted),
        ["NumericGreaterThan"] = Numeric((actual, wanted) => actual > wanted),
        ["NumericGreaterThanEquals"] = Numeric((actual, wanted) => actual >= wanted),
        ["IpAddress"] = (wanted, actual) => IPAddress.TryParse(actual, out var address)
            && (IPNetwork.TryParse(wanted, out var network) ? network.Contains(address) : wanted == actual),
    };

    // The negated forms hold where none of the values fits.
    private static readonly Dictionary<string, string> Negations = new(StringComparer.OrdinalIgnoreCase)
    {
        ["StringNotEquals"] = "StringEquals",
        ["StringNotEqualsIgnoreCase"] = "StringEqualsIgnoreCase",
        ["StringNotLike"] = "StringLike",
        ["ArnNotEquals"] = "ArnEquals",
        ["ArnNotLike"] = "ArnLike",
        ["NumericNotEquals"] = "NumericEquals",
        ["NotIpAddress"] = "IpAddress",
    };

    /// <summary>True where the operator is one that is evaluated here.</summary>
    public bool IsKnown => Operator == "Null" || Negations.ContainsKey(Plain) || Comparisons.ContainsKey(Plain);

    /// <summary>The operator without <c>IfExists</c>.</summary>
    public string Plain => Operator.EndsWith(IfExists, StringComparison.Ordinal) ? Operator[..^IfExists.Length] : Operator;

    /// <returns>Null if the member has not the form of conditions.</returns>
    public static IReadOnlyList<PolicyCondition>? Parse(JsonNode? node)
    {
        if (node is null)
        {
            return [];
        }

        var conditions = (node as JsonObject)?.SelectMany(entry => (entry.Value as JsonObject)?.Select(key =>
            PolicyText.Several(key.Value) is { } values ? new PolicyCondition(entry.Key, key.Key, values) : null) ?? [null]).ToList();
        return conditions is null || conditions.Contains(null) ? null : [.. conditions.OfType<PolicyCondition>()];
    }

    public bool Holds(IReadOnlyList<string> actual)
    {
        if (Operator == "Null")
        {
            return Values.Contains(actual.Count == 0 ? "true" : "false", StringComparer.OrdinalIgnoreCase);
        }

        var isNegated = Negations.TryGetValue(Plain, out var positive);
        if (actual.Count == 0)
        {
            return isNegated || Operator.EndsWith(IfExists, StringComparison.Ordinal);
        }

        var compare = Comparisons[positive ?? Plain];
        return Values.Any(wanted => actual.Any(value => compare(wanted, value))) != isNegated;
    }

    private static Func<string, string, bool> Numeric(Func<decimal, decimal, bool> compare) => (wanted, actual) =>
        decimal.TryParse(wanted, NumberStyles.Number, CultureInfo.InvariantCulture, out var right)
        && decimal.TryParse(actual, NumberStyles.Number, CultureInfo.InvariantCulture, out var left)
        && compare(left, right);
}
