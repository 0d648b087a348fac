using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Between a resource's content and the document of an AWS operation that has the same members under AWS's names.</summary>
/// <param name="lists">The blocks that are lists in the API; any other is a single structure there.</param>
/// <param name="rename">AWS's name of a member; null for <see cref="NameOf"/>.</param>
internal sealed class ApiDocument(IReadOnlySet<string> lists, Func<string, string>? rename = null)
{
    private static readonly Dictionary<string, string> Words = new() { ["gb"] = "GB", ["sagemaker"] = "SageMaker" };

    private readonly Func<string, string> _rename = rename ?? NameOf;

    /// <summary>The document of a block's content, without what is absent.</summary>
    /// <param name="skipped">Members that the operation does not have.</param>
    public JsonObject Write(MapValue content, params IReadOnlyCollection<string> skipped)
    {
        var document = new JsonObject();
        foreach (var (name, value) in content.Members)
        {
            if (!skipped.Contains(name) && WriteMember(name, value) is { } node)
            {
                document[_rename(name)] = node;
            }
        }

        return document;
    }

    /// <summary>The content with the members that a document has.</summary>
    /// <param name="type">The type of the block.</param>
    public MapValue Read(MapValue content, ObjectType type, JsonObject document)
    {
        foreach (var (name, member) in type.Attributes)
        {
            if (document[_rename(name)] is { } node)
            {
                content = content.With(name, ReadMember(name, member, node));
            }
        }

        return content;
    }

    /// <summary>AWS's name of a member, for example <c>VolumeSizeInGB</c> of <c>volume_size_in_gb</c>.</summary>
    public static string NameOf(string name) =>
        string.Concat(name.Split('_').Select(word => Words.GetValueOrDefault(word) ?? char.ToUpperInvariant(word[0]) + word[1..]));

    private JsonNode? WriteMember(string name, Value value) => value switch
    {
        ListValue { Items: [MapValue, ..] } blocks => lists.Contains(name)
            ? new JsonArray([.. blocks.Items.Cast<MapValue>().Select(block => Write(block))])
            : Write((MapValue)blocks.Items[0]),
        SequenceValue { Items.IsEmpty: true } => null,
        _ => JsonCodec.Encode(value),
    };

    private Value ReadMember(string name, TypeConstraint type, JsonNode node) => type switch
    {
        CollectionType { Element: ObjectType block } => new ListValue(
            [.. (lists.Contains(name) ? node.AsArray() : [node.DeepClone()]).Select(item => Read(MapValue.Empty, block, item!.AsObject()))]),
        _ => JsonCodec.Decode(node, type),
    };
}
