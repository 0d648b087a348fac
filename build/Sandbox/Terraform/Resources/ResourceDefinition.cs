using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>What the provider knows of a resource type beyond its schema.</summary>
/// <param name="Type">Terraform's name, for example <c>aws_vpc</c>.</param>
internal sealed record ResourceDefinition(string Type)
{
    /// <summary>Attributes and blocks that cannot change in place.</summary>
    public IReadOnlyList<string> ForceNew { get; init; } = [];

    /// <summary>What the provider plans for attributes that the configuration leaves out.</summary>
    public IReadOnlyDictionary<string, Value> Defaults { get; init; } = new Dictionary<string, Value>();

    /// <summary>Attributes whose value is JSON: the same content in other words is not a change.</summary>
    public IReadOnlyList<string> Json { get; init; } = [];

    /// <summary>Computed attributes by the attributes whose change makes them unknown again.</summary>
    public IReadOnlyDictionary<string, string[]> Recomputed { get; init; } = new Dictionary<string, string[]>();

    public IReadOnlyList<ConfigRule> Rules { get; init; } = [];

    /// <summary>Attributes that name other resources, which have to exist.</summary>
    public IReadOnlyList<Reference> References { get; init; } = [];

    /// <summary>The attribute that no two resources of the type share, and the error where they would.</summary>
    public Uniqueness? Unique { get; init; }

    /// <summary>Fills in what AWS decides at apply: ids, ARNs, names, times.</summary>
    public Action<StateWriter>? Complete { get; init; }

    /// <summary>True for a resource that its own configuration keeps in AWS when terraform destroys it.</summary>
    public Func<MapValue, bool>? IsRetained { get; init; }

    /// <summary>What a resource is imported by; null if by its id.</summary>
    public Func<MapValue, string>? ImportId { get; init; }

    /// <summary>
    /// The attributes that tell which resource an import id names, so one can be imported that terraform did not create; null if
    /// nobody else can create one.
    /// </summary>
    public Func<string, MapValue>? Identify { get; init; }

    /// <summary>What the resource does outside the registry; null if the registry is all.</summary>
    public IResourceEffects? Effects { get; init; }
}

/// <param name="Attribute">The attribute or set of strings that names the other resources.</param>
/// <param name="Type">The type of the others.</param>
/// <param name="Target">Their attribute that is named.</param>
/// <param name="Code">AWS's error code where one is absent.</param>
/// <param name="InUse">AWS's error code where the other is to be deleted first; null if AWS allows it.</param>
/// <param name="IsOwner">True if the resource is a part of the other, and goes with it.</param>
internal sealed record Reference(string Attribute, string Type, string Target, string Code, string? InUse = null, bool IsOwner = false);

internal sealed record Uniqueness(string Attribute, string Code);

/// <summary>What a resource does in the sandbox in addition to being recorded.</summary>
internal interface IResourceEffects
{
    /// <summary>True if a change can last so long that no other must wait for it.</summary>
    bool TakesTime => false;

    /// <summary>Makes it so; called for a new resource, with no prior state, and for a changed one.</summary>
    /// <returns>The state with what only the effect could tell.</returns>
    Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken);

    Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken);

    /// <summary>The state as it is now, whoever made it so; null if the resource is gone.</summary>
    /// <param name="state">What was last applied, or of an import what identifies the resource.</param>
    Task<MapValue?> ReadAsync(ResourceContext context, MapValue state);
}
