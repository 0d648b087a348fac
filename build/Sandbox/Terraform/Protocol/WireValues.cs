using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Terraform.Protocol.Messages;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Schema;
using BuildPipeline.Sandbox.Terraform.Values;
using Google.Protobuf;

namespace BuildPipeline.Sandbox.Terraform.Protocol;

/// <summary>Between the protocol's messages and the provider's own types.</summary>
internal static class WireValues
{
    /// <summary>A block's content; null if the message holds the null value, as for a resource that is not there.</summary>
    public static MapValue? Decode(this DynamicValue message, BlockSchema schema) => message.Msgpack.IsEmpty
        ? JsonCodec.Decode(JsonNode.Parse(message.Json.Span), schema.Type) as MapValue
        : MessagePackCodec.Decode(message.Msgpack.Memory, schema.Type) as MapValue;

    public static DynamicValue Encode(this MapValue? content, BlockSchema schema) =>
        new() { Msgpack = ByteString.CopyFrom(MessagePackCodec.Encode(content ?? Value.Null, schema.Type)) };

    public static AttributePath PathOf(string attribute) =>
        new() { Steps = { new AttributePath.Types.Step { AttributeName = attribute } } };

    public static Diagnostic Diagnose(this ResourceError error)
    {
        var diagnostic = new Diagnostic { Severity = Diagnostic.Types.Severity.Error, Summary = error.Message, Detail = error.Detail };
        if (error.Attribute is not null)
        {
            diagnostic.Attribute = PathOf(error.Attribute);
        }

        return diagnostic;
    }

    public static Diagnostic Warn(string summary, string detail) =>
        new() { Severity = Diagnostic.Types.Severity.Warning, Summary = summary, Detail = detail };

    public static GetProviderSchema.Types.Response Describe(this AwsSchema schema)
    {
        var response = new GetProviderSchema.Types.Response { Provider = Describe(schema.Provider) };
        foreach (var (type, block) in schema.Resources)
        {
            response.ResourceSchemas[type] = Describe(block);
        }

        foreach (var (type, block) in schema.DataSources)
        {
            response.DataSourceSchemas[type] = Describe(block);
        }

        return response;
    }

    private static Messages.Schema Describe(BlockSchema block) => new() { Block = DescribeBlock(block) };

    private static Messages.Schema.Types.Block DescribeBlock(BlockSchema block) => new()
    {
        Attributes =
        {
            block.Attributes.Select(attribute => new Messages.Schema.Types.Attribute
            {
                Name = attribute.Key,
                Type = ByteString.CopyFromUtf8(attribute.Value.TypeJson),
                Required = attribute.Value.Required,
                Optional = attribute.Value.Optional,
                Computed = attribute.Value.Computed,
            }),
        },
        BlockTypes =
        {
            block.Blocks.Select(nested => new Messages.Schema.Types.NestedBlock
            {
                TypeName = nested.Key,
                Block = DescribeBlock(nested.Value.Block),
                Nesting = nested.Value.Nesting switch
                {
                    BlockNesting.List => Messages.Schema.Types.NestedBlock.Types.NestingMode.List,
                    BlockNesting.Set => Messages.Schema.Types.NestedBlock.Types.NestingMode.Set,
                    _ => Messages.Schema.Types.NestedBlock.Types.NestingMode.Single,
                },
                MinItems = nested.Value.MinItems,
                MaxItems = nested.Value.MaxItems,
            }),
        },
    };
}
