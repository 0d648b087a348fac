using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Ec2;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Registry;

namespace BuildPipeline.Sandbox.Tests.Ec2;

public sealed class ResourceTagsTests
{
    private static readonly RegisteredResource[] Resources =
    [
        new("aws_vpc", "vpc-1", Tagged("""{"Name":"a","environment":"dev"}""")),
        new("aws_subnet", "subnet-1", Tagged("""{"Name":"b"}""")),
        new("aws_iam_role", "role", Tagged("""{"Name":"a"}""")),
    ];

    [Fact]
    public void Given_Filters_When_TagsAreFound_Then_AllHaveToFitAndOnlyEc2sOwnAreListed()
    {
        var filters = ResourceTags.Filters(name => name switch
        {
            "Filter.1.Name" => "key",
            "Filter.1.Value.1" => "Name",
            "Filter.2.Name" => "value",
            "Filter.2.Value.1" => "x",
            "Filter.2.Value.2" => "a",
            _ => "",
        });

        Assert.Equal([new ResourceTag("vpc-1", "vpc", "Name", "a")], ResourceTags.Find(Resources, filters));
    }

    [Fact]
    public void Given_AnUnknownFilter_When_Read_Then_ItIsRefused() =>
        Assert.Throws<AwsError>(() => ResourceTags.Filters(name => name == "Filter.1.Name" ? "tag:Name" : ""));

    private static JsonObject Tagged(string tags) => new() { ["tags_all"] = JsonNode.Parse(tags) };
}
