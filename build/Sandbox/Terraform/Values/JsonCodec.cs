using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Terraform.Values;

/// <summary>Terraform's JSON form of values, in which state files are kept; there are no unknown values in it.</summary>
internal static class JsonCodec
{
    /// <summary>Reads a value; members that the type does not have are left out, those that are missing are null.</summary>
    /// <exception cref="InvalidOperationException">The JSON is not a value of the type.</exception>
    public static Value Decode(JsonNode? node, TypeConstraint type) => node is null
        ? Value.Null
        : type switch
        {
            PrimitiveType { Kind: PrimitiveKind.Bool } => node.GetValue<bool>(),
            PrimitiveType { Kind: PrimitiveKind.Number } => NumberValue.Parse(node.ToJsonString().Trim('"')),
            PrimitiveType => node.GetValue<string>(),
            CollectionType { Kind: CollectionKind.List } list =>
                new ListValue([.. node.AsArray().Select(item => Decode(item, list.Element))]),
            CollectionType { Kind: CollectionKind.Set } set => new SetValue(node.AsArray().Select(item => Decode(item, set.Element))),
            CollectionType map => Members(node.AsObject().Select(member => (member.Key, Decode(member.Value, map.Element)))),
            ObjectType block => Members(block.Attributes.Select(member => (member.Key, Decode(node.AsObject()[member.Key], member.Value)))),
            _ => throw new InvalidOperationException($"No value has the type {type}."),
        };

    public static JsonNode? Encode(Value value) => value switch
    {
        StringValue text => JsonValue.Create(text.Text),
        BoolValue truth => JsonValue.Create(truth.Truth),
        NumberValue number => JsonNode.Parse(number.Text),
        SequenceValue sequence => new JsonArray([.. sequence.Items.Select(Encode)]),
        MapValue map => new JsonObject(map.Members.Select(member => KeyValuePair.Create(member.Key, Encode(member.Value)))),
        _ => null,
    };

    private static MapValue Members(IEnumerable<(string Name, Value Value)> members) =>
        members.Aggregate(MapValue.Empty, (map, member) => map.With(member.Name, member.Value));
}
