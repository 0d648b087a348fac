using System.Text.RegularExpressions;

namespace BuildPipeline.Terraform;

/// <summary>A resource that exists or may exist although the state does not have it.</summary>
/// <param name="Id">What <c>terraform import</c> finds it by.</param>
public sealed record ImportCandidate(string Address, string Id);

/// <summary>What terraform's output says of the resources that an apply has created.</summary>
internal static partial class CreationLog
{
    /// <summary>The resources that were created, the last id of each address.</summary>
    public static IReadOnlyList<ImportCandidate> Created(IEnumerable<string> lines) =>
    [
        .. lines.Select(line => CreatedPattern().Match(line)).Where(match => match.Success)
            .Select(match => new ImportCandidate(match.Groups[1].Value, match.Groups[2].Value))
            .GroupBy(candidate => candidate.Address).Select(group => group.Last()),
    ];

    /// <summary>True if an apply has started to change something.</summary>
    public static bool HasChanges(IEnumerable<string> lines) => lines.Any(ChangePattern().IsMatch);

    /// <summary>Addresses whose creation started and did not report its end: they may exist.</summary>
    public static IReadOnlyList<string> Unfinished(IReadOnlyCollection<string> lines) =>
    [
        .. lines.Select(line => BegunPattern().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct()
            .Except(Created(lines).Select(candidate => candidate.Address)),
    ];

    /// <summary>Route table associations, which have neither name nor tags: import takes the subnet and the route table that they belong to.</summary>
    /// <param name="addresses">Addresses of planned resources.</param>
    /// <param name="ids">Ids of the resources that exist, by their address.</param>
    public static IEnumerable<ImportCandidate> Associations(IEnumerable<string> addresses, IReadOnlyDictionary<string, string> ids) =>
        from address in addresses
        let match = AssociationPattern().Match(address)
        where match.Success
        let module = match.Groups[1].Value
        let subnet = ids.GetValueOrDefault($"{module}aws_subnet{match.Groups[2].Value}")
        let table = ids.FirstOrDefault(pair => pair.Key.StartsWith($"{module}aws_route_table.", StringComparison.Ordinal)).Value
        where subnet is not null && table is not null
        select new ImportCandidate(address, $"{subnet}/{table}");

    /// <summary>True if a resource is a route table association.</summary>
    public static bool IsAssociation(string address) => AssociationPattern().IsMatch(address);

    [GeneratedRegex(@"^(\S+): Creation complete after \S+ \[id=(.+)\]$")]
    private static partial Regex CreatedPattern();

    [GeneratedRegex(@"^(\S+): Creating\.\.\.$")]
    private static partial Regex BegunPattern();

    [GeneratedRegex(@"^\S+: (Creating|Modifying|Destroying|Importing)\.\.\.")]
    private static partial Regex ChangePattern();

    [GeneratedRegex(@"^(.*\.|)aws_route_table_association(\..+)$")]
    private static partial Regex AssociationPattern();
}
