using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.SageMaker.Requests;

/// <summary>What a member of a request has to be.</summary>
internal enum MemberKind
{
    Text,
    Integer,
    Flag,
    Structure,
    List,
    Map,
}

/// <summary>One row of the service model: a member, what it is and its limits.</summary>
/// <param name="Path">Member names from the request down, joined by dots; <c>[]</c> stands for each item of a list.</param>
/// <param name="Min">Least value, length or count.</param>
/// <param name="Max">Greatest value, length or count.</param>
/// <param name="Pattern">Regular expression for the whole text.</param>
internal sealed record Constraint(
    string Path,
    MemberKind Kind = MemberKind.Structure,
    bool Required = false,
    int? Min = null,
    int? Max = null,
    string? Pattern = null,
    IReadOnlyList<string>? Values = null)
{
    private readonly Regex? _pattern = Pattern is null
        ? null
        : new Regex($@"\A(?:{Pattern})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    /// <summary>Names and <c>[]</c> from the request down.</summary>
    public IReadOnlyList<string> Steps { get; } = Path.Replace("[]", ".[]", StringComparison.Ordinal).Split('.');

    /// <summary>AWS's sentences on what a text fails to be.</summary>
    public IEnumerable<string> Complaints(string text)
    {
        if (text.Length > Max)
        {
            yield return $"Member must have length less than or equal to {Max}";
        }

        if (text.Length < Min)
        {
            yield return $"Member must have length greater than or equal to {Min}";
        }

        if (_pattern?.IsMatch(text) == false)
        {
            yield return $"Member must satisfy regular expression pattern: {Pattern}";
        }

        if (Values?.Contains(text) == false)
        {
            yield return $"Member must satisfy enum value set: [{string.Join(", ", Values)}]";
        }
    }

    /// <summary>AWS's sentences on what a number fails to be.</summary>
    public IEnumerable<string> Complaints(long number)
    {
        if (number > Max)
        {
            yield return $"Member must have value less than or equal to {Max}";
        }

        if (number < Min)
        {
            yield return $"Member must have value greater than or equal to {Min}";
        }
    }

    /// <summary>AWS's sentences on the number of items in a list or map.</summary>
    public IEnumerable<string> CountComplaints(int count) => Complaints((long)count).Select(complaint =>
        complaint.Replace("value", "length", StringComparison.Ordinal));
}
