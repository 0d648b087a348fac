namespace BuildPipeline.Sandbox.Models;

/// <summary>One operation of a service model.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Uri">Path with the names of its variables, and what the query always holds.</param>
/// <param name="Input">Name of the shape of its requests; null if it has none, or where the sandbox does not emulate the operation.</param>
internal sealed record OperationModel(string Method, string Uri, string? Input = null)
{
    /// <summary>Of a REST service: the names of its request headers, and the prefixes of those that callers name.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>Of a REST service: the names of its query parameters, beside those of the URI.</summary>
    public IReadOnlyList<string> Query { get; init; } = [];
}

/// <summary>One service: its operations and shapes, and what the sandbox does with their members.</summary>
/// <param name="Protocol">The first of the protocols that it speaks, for example <c>json</c>.</param>
internal sealed record ServiceModel(
    string Protocol, IReadOnlyDictionary<string, OperationModel> Operations, IReadOnlyDictionary<string, Shape> Shapes)
{
    private static readonly Shape NoMembers = new(ShapeType.Structure);

    /// <summary>The emulated operations.</summary>
    public IReadOnlyDictionary<string, OperationSupport> Support { get; init; } = new Dictionary<string, OperationSupport>();

    public Shape ShapeOf(MemberModel member) => Shapes[member.Shape];

    /// <summary>The shape of an operation's requests.</summary>
    public Shape InputOf(string operation) => Operations[operation].Input is { } name ? Shapes[name] : NoMembers;

    /// <summary>All members that an operation's requests can have, nested ones after their owners. What a map holds counts with the map.</summary>
    public IEnumerable<MemberOf> MembersOf(string operation) => MembersBelow(InputOf(operation), "", []);

    /// <param name="owners">Names of the shapes that the owner is in: one that contains itself is followed once.</param>
    private IEnumerable<MemberOf> MembersBelow(Shape owner, string prefix, IReadOnlyList<string> owners)
    {
        foreach (var (name, member) in owner.Members)
        {
            var (path, shape, of) = (prefix + name, ShapeOf(member), member.Shape);
            yield return new MemberOf(path, shape, owner.Required.Contains(name));
            while (shape.Type == ShapeType.List)
            {
                (path, of, shape) = (path + "[]", shape.Member!.Shape, ShapeOf(shape.Member!));
            }

            foreach (var nested in owners.Contains(of) ? [] : MembersBelow(shape, path + ".", [.. owners, of]))
            {
                yield return nested;
            }
        }
    }
}

/// <summary>A member of an operation's requests.</summary>
/// <param name="Path">Member names from the request down, joined by dots; <c>[]</c> stands for each item of a list.</param>
/// <param name="IsRequired">True if its owner must have it.</param>
internal sealed record MemberOf(string Path, Shape Shape, bool IsRequired);
