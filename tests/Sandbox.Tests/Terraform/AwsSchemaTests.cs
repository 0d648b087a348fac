using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Terraform.Protocol;
using BuildPipeline.Sandbox.Terraform.Resources;
using BuildPipeline.Sandbox.Terraform.Schema;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

public sealed class AwsSchemaTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private static readonly AwsSchema Schema = AwsSchema.Load();

    [Fact]
    public void Given_the_schema_When_described_Then_it_has_the_real_providers_types()
    {
        var described = Schema.Describe();

        Assert.Equal(57, described.ResourceSchemas.Count);
        Assert.Equal(17, described.DataSourceSchemas.Count);
        var bucket = described.ResourceSchemas["aws_s3_bucket_versioning"].Block;
        Assert.True(bucket.Attributes.Single(attribute => attribute.Name == "bucket").Required);
        var configuration = Assert.Single(bucket.BlockTypes);
        Assert.Equal((1, 1), (configuration.MinItems, configuration.MaxItems));
    }

    [SkippableFact]
    public async Task Given_terraform_When_it_prints_the_providers_schema_Then_it_is_the_file_that_the_sandbox_ships()
    {
        using var terraform = await TerraformFolder.OfTextAsync(sandbox, "# only the provider");
        await using var stream = typeof(AwsSchema).Assembly.GetManifestResourceStream("aws-6.45.0.json")!;
        var shipped = (await JsonNode.ParseAsync(stream))!.AsObject();

        var printed = JsonNode.Parse(await terraform.RunAsync("providers", "schema", "-json"))!
            ["provider_schemas"]!["registry.terraform.io/hashicorp/aws"]!;

        foreach (var (part, schemas) in shipped)
        {
            Assert.True(JsonNode.DeepEquals(Facts(schemas), Facts(printed[part])), $"{part} differs from the file.");
        }
    }

    [Fact]
    public void Given_the_table_of_resources_When_compared_with_the_schema_Then_every_name_in_it_exists()
    {
        foreach (var (type, block) in Schema.Resources)
        {
            var definition = ResourceCatalog.Find(type);
            IEnumerable<string> names =
            [
                .. definition.ForceNew.Where(name => name is not "expected_bucket_owner"), .. definition.Defaults.Keys, .. definition.Json,
                .. definition.Recomputed.Keys,
                .. definition.Recomputed.Values.SelectMany(triggers => triggers),
                .. definition.References.Select(reference => reference.Attribute),
            ];

            Assert.All(names, name => Assert.True(block.Type.Attributes.ContainsKey(name), $"{type} has no {name}."));
        }
    }

    /// <summary>Without what terraform adds of itself: descriptions' kinds and false flags.</summary>
    private static JsonNode? Facts(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members
            .Where(member => member.Key is not "description_kind" and not "resource_identity_schemas")
            .Where(member => !(member.Key is "block_types" or "attributes" && member.Value!.AsObject().Count == 0))
            .Select(member => KeyValuePair.Create(member.Key, Facts(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Facts)]),
        _ => node?.DeepClone(),
    };
}
