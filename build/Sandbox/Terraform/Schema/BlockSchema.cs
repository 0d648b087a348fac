using System.Collections.Immutable;
using System.Text.Json;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Schema;

/// <summary>What a block may hold.</summary>
internal sealed record BlockSchema(
    ImmutableSortedDictionary<string, AttributeSchema> Attributes, ImmutableSortedDictionary<string, NestedBlockSchema> Blocks)
{
    /// <summary>The type of the block's content, nested blocks included.</summary>
    public ObjectType Type { get; } = new(Attributes
        .Select(attribute => KeyValuePair.Create(attribute.Key, attribute.Value.Type))
        .Concat(Blocks.Select(block => KeyValuePair.Create(block.Key, block.Value.Type)))
        .ToImmutableSortedDictionary(StringComparer.Ordinal));

    /// <summary>The content of a block of which nothing is said.</summary>
    public MapValue Empty => new(Type.Attributes
        .Select(member => KeyValuePair.Create(member.Key, Blocks.TryGetValue(member.Key, out var block) ? block.Empty : Value.Null))
        .ToImmutableSortedDictionary(StringComparer.Ordinal));

    /// <summary>The content with all members of the block: what it lacks is null, and of absent blocks there are none.</summary>
    public MapValue Complete(MapValue content) => new(Type.Attributes
        .Select(member => KeyValuePair.Create(
            member.Key, Blocks.TryGetValue(member.Key, out var block) ? block.Complete(content[member.Key]) : content[member.Key]))
        .ToImmutableSortedDictionary(StringComparer.Ordinal));

    /// <summary>The content of a resource that is being imported: identified, and the provider has the rest to tell.</summary>
    public MapValue Imported(MapValue identity, IReadOnlyDictionary<string, Value> defaults) => new(Type.Attributes
        .Select(member => KeyValuePair.Create(
            member.Key,
            identity.Members.TryGetValue(member.Key, out var known) ? known
            : defaults.TryGetValue(member.Key, out var byDefault) ? byDefault
            : Attributes.TryGetValue(member.Key, out var attribute) && attribute.Computed ? Value.Unknown
            : Empty[member.Key]))
        .ToImmutableSortedDictionary(StringComparer.Ordinal));

    public static BlockSchema Parse(JsonElement block) => new(
        Members(block, "attributes", AttributeSchema.Parse), Members(block, "block_types", NestedBlockSchema.Parse));

    private static ImmutableSortedDictionary<string, T> Members<T>(JsonElement block, string name, Func<JsonElement, T> parse) =>
        block.TryGetProperty(name, out var members)
            ? members.EnumerateObject().ToImmutableSortedDictionary(
                member => member.Name, member => parse(member.Value), StringComparer.Ordinal)
            : ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}

/// <param name="Computed">The provider may give the value where the configuration does not.</param>
internal sealed record AttributeSchema(TypeConstraint Type, string TypeJson, bool Required, bool Optional, bool Computed)
{
    public static AttributeSchema Parse(JsonElement attribute)
    {
        var type = attribute.GetProperty("type");
        return new(
            TypeConstraint.Parse(type), JsonSerializer.Serialize(type), Is(attribute, "required"), Is(attribute, "optional"),
            Is(attribute, "computed"));
    }

    private static bool Is(JsonElement attribute, string flag) => attribute.TryGetProperty(flag, out var value) && value.GetBoolean();
}

internal enum BlockNesting
{
    Single,
    List,
    Set,
}

/// <param name="MaxItems">0 where there is no limit.</param>
internal sealed record NestedBlockSchema(BlockSchema Block, BlockNesting Nesting, int MinItems, int MaxItems)
{
    public TypeConstraint Type { get; } = Nesting switch
    {
        BlockNesting.List => new CollectionType(CollectionKind.List, Block.Type),
        BlockNesting.Set => new CollectionType(CollectionKind.Set, Block.Type),
        _ => Block.Type,
    };

    public Value Empty => Nesting switch
    {
        BlockNesting.List => new ListValue([]),
        BlockNesting.Set => new SetValue([]),
        _ => Value.Null,
    };

    public Value Complete(Value content) => content switch
    {
        NullValue => Empty,
        ListValue list => new ListValue([.. list.Items.Select(CompleteItem)]),
        SetValue set => new SetValue(set.Items.Select(CompleteItem)),
        _ => CompleteItem(content),
    };

    private Value CompleteItem(Value item) => item is MapValue content ? Block.Complete(content) : item;

    public static NestedBlockSchema Parse(JsonElement block) => new(
        BlockSchema.Parse(block.GetProperty("block")),
        Enum.Parse<BlockNesting>(block.GetProperty("nesting_mode").GetString() ?? "", ignoreCase: true),
        Count(block, "min_items"),
        Count(block, "max_items"));

    private static int Count(JsonElement block, string name) => block.TryGetProperty(name, out var value) ? value.GetInt32() : 0;
}
