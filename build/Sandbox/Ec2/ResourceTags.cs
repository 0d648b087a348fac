using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Terraform.Registry;

namespace BuildPipeline.Sandbox.Ec2;

/// <summary>A tag of a resource, as DescribeTags lists it.</summary>
internal sealed record ResourceTag(string Id, string Type, string Key, string Value);

/// <summary>The tags of the EC2 resources that terraform has created.</summary>
internal static class ResourceTags
{
    private const string TagPrefix = "tag:";

    /// <summary>The tags that all filters fit.</summary>
    public static IEnumerable<ResourceTag> Find(IEnumerable<RegisteredResource> resources, IReadOnlyList<Filter> filters) =>
        resources.SelectMany(TagsOf).Where(tag => filters.All(filter => filter.Name switch
        {
            "key" => filter.Passes(tag.Key),
            "value" => filter.Passes(tag.Value),
            "resource-id" => filter.Passes(tag.Id),
            "resource-type" => filter.Passes(tag.Type),
            _ => filter.Name == TagPrefix + tag.Key && filter.Passes(tag.Value),
        }));

    private static IEnumerable<ResourceTag> TagsOf(RegisteredResource resource) =>
        TypeOf(resource.Type) is { } type && (resource.Attributes["tags_all"] ?? resource.Attributes["tags"]) is JsonObject tags
            ? tags.Select(tag => new ResourceTag(resource.Id, type, tag.Key, tag.Value!.GetValue<string>()))
            : [];

    private static string? TypeOf(string type) => type switch
    {
        "aws_vpc" => "vpc",
        "aws_subnet" => "subnet",
        "aws_route_table" => "route-table",
        "aws_security_group" or "aws_default_security_group" => "security-group",
        "aws_vpc_endpoint" => "vpc-endpoint",
        "aws_vpc_security_group_ingress_rule" or "aws_vpc_security_group_egress_rule" => "security-group-rule",
        _ => null,
    };
}
