namespace BuildPipeline.Sandbox.Models;

/// <summary>What the sandbox does with a member of a request.</summary>
internal enum MemberSupport
{
    /// <summary>Refused by its name.</summary>
    Refused,

    /// <summary>Accepted, because it can have no effect here.</summary>
    NoEffect,

    Implemented,
}

/// <summary>What the sandbox does with the members of one operation's requests: a member that is in neither list is refused.</summary>
internal sealed record OperationSupport
{
    private HashSet<string>? _implemented;
    private HashSet<string>? _noEffect;

    /// <summary>Paths of the members that have the effect which they have on AWS; what contains them is implemented with them.</summary>
    public IReadOnlyList<string> Implemented { get; init; } = [];

    /// <summary>Paths of the members that are accepted because they can have no effect here, each with the reason.</summary>
    public IReadOnlyDictionary<string, string> NoEffect { get; init; } = new Dictionary<string, string>();

    /// <summary>Paths of members of which only some values are emulated, with these; <c>*</c> at an end stands for anything.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Values { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public MemberSupport Find(string path) =>
        (_implemented ??= WithOwners(Implemented)).Contains(path) ? MemberSupport.Implemented
        : (_noEffect ??= WithOwners(NoEffect.Keys)).Contains(path) ? MemberSupport.NoEffect
        : MemberSupport.Refused;

    /// <summary>True if the value of a member is emulated.</summary>
    public bool Takes(string path, string value) =>
        !Values.TryGetValue(path, out var values)
        || values.Any(known => known == value || (known.EndsWith('*') && value.StartsWith(known[..^1], StringComparison.Ordinal)));

    private static HashSet<string> WithOwners(IEnumerable<string> paths) =>
        [.. paths.SelectMany(path => path.Index().Where(at => at.Item == '.').Select(at => path[..at.Index].TrimEnd('[', ']')).Append(path))];
}
