using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Ec2;
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
        Filter[] filters = [new("key", ["Name"]), new("value", ["x", "a*"])];

        Assert.Equal([new ResourceTag("vpc-1", "vpc", "Name", "a")], ResourceTags.Find(Resources, filters));
    }

    [Theory]
    [InlineData("resource-id", "subnet-?", "subnet-1 Name")]
    [InlineData("resource-type", "vpc", "vpc-1 Name, vpc-1 environment")]
    [InlineData("tag:environment", "dev", "vpc-1 environment")]
    public void Given_AFilter_When_TagsAreFound_Then_ItIsHeldAgainstItsField(string name, string value, string expected) =>
        Assert.Equal(expected, string.Join(", ", ResourceTags.Find(Resources, [new Filter(name, [value])]).Select(tag => $"{tag.Id} {tag.Key}")));

    private static JsonObject Tagged(string tags) => new() { ["tags_all"] = JsonNode.Parse(tags) };
}
