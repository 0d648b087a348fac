using System.Collections.Immutable;
using System.Text.Json;

namespace BuildPipeline.Sandbox.Terraform.Schema;

/// <summary>The schema of hashicorp/aws that the sandbox's provider has: the real provider's, for the types it knows.</summary>
internal sealed class AwsSchema
{
    private const string ResourceName = "aws-6.45.0.json";

    private AwsSchema(JsonElement root)
    {
        Provider = BlockSchema.Parse(root.GetProperty("provider").GetProperty("block"));
        Resources = Blocks(root.GetProperty("resource_schemas"));
        DataSources = Blocks(root.GetProperty("data_source_schemas"));
    }

    public BlockSchema Provider { get; }

    public ImmutableSortedDictionary<string, BlockSchema> Resources { get; }

    public ImmutableSortedDictionary<string, BlockSchema> DataSources { get; }

    public static AwsSchema Load()
    {
        using var stream = typeof(AwsSchema).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {ResourceName}.");
        using var document = JsonDocument.Parse(stream);
        return new AwsSchema(document.RootElement);
    }

    private static ImmutableSortedDictionary<string, BlockSchema> Blocks(JsonElement schemas) =>
        schemas.EnumerateObject().ToImmutableSortedDictionary(
            schema => schema.Name, schema => BlockSchema.Parse(schema.Value.GetProperty("block")), StringComparer.Ordinal);
}
