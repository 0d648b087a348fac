using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Registry;

namespace BuildPipeline.Sandbox.Ec2;

/// <summary>A tag of a resource, as DescribeTags lists it.</summary>
internal sealed record ResourceTag(string Id, string Type, string Key, string Value);

/// <summary>The tags of the EC2 resources that terraform has created.</summary>
internal static class ResourceTags
{
    private static readonly string[] Known = ["key", "value", "resource-id", "resource-type"];

    /// <summary>The request's filters, each with the values of which one has to fit.</summary>
    public static IReadOnlyDictionary<string, string[]> Filters(Func<string, string> form)
    {
        var filters = new Dictionary<string, string[]>();
        for (var i = 1; form($"Filter.{i}.Name") is { Length: > 0 } name; i++)
        {
            filters[name] = Known.Contains(name)
                ? [.. Enumerable.Range(1, 200).Select(value => form($"Filter.{i}.Value.{value}")).TakeWhile(value => value.Length > 0)]
                : throw new AwsError(400, "InvalidParameterValue", $"The filter '{name}' is invalid");
        }

        return filters;
    }

    public static IEnumerable<ResourceTag> Find(IEnumerable<RegisteredResource> resources, IReadOnlyDictionary<string, string[]> filters) =>
        resources.SelectMany(TagsOf).Where(tag => filters.All(filter => filter.Value.Contains(filter.Key switch
        {
            "key" => tag.Key,
            "value" => tag.Value,
            "resource-id" => tag.Id,
            _ => tag.Type,
        })));

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
