using System.Text.RegularExpressions;

namespace BuildPipeline.Terraform;

/// <summary>A resource that exists or may exist although the state does not have it.</summary>
/// <param name="Id">What <c>terraform import</c> finds it by.</param>
public sealed record ImportCandidate(string Address, string Id);

/// <summary>What terraform's output says of the resources that an apply has created.</summary>
internal static partial class CreationLog
{
    /// <summary>The resources that were created, the last id of each address.</summary>
    public static IReadOnlyList<ImportCandidate> Created(IEnumerable<string> lines) => WithAssociations(
    [
        .. lines.Select(line => CreatedPattern().Match(line)).Where(match => match.Success)
            .Select(match => new ImportCandidate(match.Groups[1].Value, match.Groups[2].Value))
            .GroupBy(candidate => candidate.Address).Select(group => group.Last()),
    ]);

    /// <summary>True where an apply has started to change something.</summary>
    public static bool HasChanges(IEnumerable<string> lines) => lines.Any(ChangePattern().IsMatch);

    /// <summary>Addresses whose creation started and did not report its end: they may exist.</summary>
    public static IReadOnlyList<string> Unfinished(IReadOnlyCollection<string> lines) =>
    [
        .. lines.Select(line => BegunPattern().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct()
            .Except(Created(lines).Select(candidate => candidate.Address)),
    ];

    // A route table association is found by its subnet and its route table.
    private static IReadOnlyList<ImportCandidate> WithAssociations(IReadOnlyList<ImportCandidate> created)
    {
        var ids = created.ToDictionary(candidate => candidate.Address, candidate => candidate.Id);
        return
        [
            .. created.Select(candidate => AssociationPattern().Match(candidate.Address) is { Success: true } match
                && ids.TryGetValue($"{match.Groups[1].Value}aws_subnet{match.Groups[2].Value}", out var subnet)
                && ids.FirstOrDefault(pair => pair.Key.StartsWith($"{match.Groups[1].Value}aws_route_table.", StringComparison.Ordinal)).Value is { } table
                    ? candidate with { Id = $"{subnet}/{table}" }
                    : candidate),
        ];
    }

    [GeneratedRegex(@"^(\S+): Creation complete after \S+ \[id=(.+)\]$")]
    private static partial Regex CreatedPattern();

    [GeneratedRegex(@"^(\S+): Creating\.\.\.$")]
    private static partial Regex BegunPattern();

    [GeneratedRegex(@"^\S+: (Creating|Modifying|Destroying|Importing)\.\.\.")]
    private static partial Regex ChangePattern();

    [GeneratedRegex(@"^(.*\.)aws_route_table_association(\..+)$")]
    private static partial Regex AssociationPattern();
}
