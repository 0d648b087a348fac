using System.Collections.Immutable;
using System.Text.Json;

namespace BuildPipeline.Sandbox.Terraform.Values;

/// <summary>A type of Terraform's language, as far as the provider's schema uses them.</summary>
internal abstract record TypeConstraint
{
    public static readonly TypeConstraint String = new PrimitiveType(PrimitiveKind.String);
    public static readonly TypeConstraint Number = new PrimitiveType(PrimitiveKind.Number);
    public static readonly TypeConstraint Bool = new PrimitiveType(PrimitiveKind.Bool);

    /// <summary>Reads the JSON form of a type: a word, or a pair of a collection's kind and its element type.</summary>
    /// <exception cref="FormatException">The type is none that the provider's schema uses.</exception>
    public static TypeConstraint Parse(JsonElement type) => type.ValueKind == JsonValueKind.Array
        ? new CollectionType(ParseKind(type[0].GetString()), Parse(type[1]))
        : type.GetString() switch
        {
            "string" => String,
            "number" => Number,
            "bool" => Bool,
            var other => throw new FormatException($"The schema has a type that the sandbox does not know: {other}."),
        };

    private static CollectionKind ParseKind(string? kind) => kind switch
    {
        "list" => CollectionKind.List,
        "set" => CollectionKind.Set,
        "map" => CollectionKind.Map,
        _ => throw new FormatException($"The schema has a collection that the sandbox does not know: {kind}."),
    };
}

internal enum PrimitiveKind
{
    String,
    Number,
    Bool,
}

internal enum CollectionKind
{
    List,
    Set,
    Map,
}

internal sealed record PrimitiveType(PrimitiveKind Kind) : TypeConstraint;

internal sealed record CollectionType(CollectionKind Kind, TypeConstraint Element) : TypeConstraint;

/// <summary>The type of a block's content.</summary>
internal sealed record ObjectType(ImmutableSortedDictionary<string, TypeConstraint> Attributes) : TypeConstraint;
