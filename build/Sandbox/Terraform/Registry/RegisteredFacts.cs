using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Registry;

/// <summary>Tags of the networks and keys that terraform created, and the policies of the keys.</summary>
internal sealed class RegisteredFacts(ResourceRegistry registry, IKeyPolicies keys) : IResourceFacts
{
    private const string Key = "aws_kms_key";

    private static readonly Dictionary<string, string[]> Types = new(StringComparer.Ordinal)
    {
        ["ec2:route-table"] = ["aws_route_table"],
        ["ec2:security-group"] = ["aws_security_group", "aws_default_security_group"],
        ["ec2:security-group-rule"] = ["aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule"],
        ["ec2:subnet"] = ["aws_subnet"],
        ["ec2:vpc"] = ["aws_vpc"],
        ["ec2:vpc-endpoint"] = ["aws_vpc_endpoint"],
        ["kms:key"] = [Key],
    };

    public ResourceFacts? Find(string arn)
    {
        if (arn.Contains(":alias/", StringComparison.Ordinal))
        {
            return keys.FindKey(arn)?.Arn is { } key && Find(key) is { } facts ? facts with { Arn = key } : null;
        }

        var types = arn.Split(':') is [_, _, var service, _, _, var resource] ? Types.GetValueOrDefault($"{service}:{resource.Split('/')[0]}", []) : [];
        if (types.Select(type => registry.Find(type, "arn", arn)).FirstOrDefault(state => state is not null) is not { } found)
        {
            return null;
        }

        var tags = found["tags_all"] as MapValue ?? MapValue.Empty;
        return new ResourceFacts(tags.Members.Keys.ToDictionary(key => key, key => tags.Text(key) ?? ""), types is [Key] ? keys.FindKey(arn)?.Policy : null)
        {
            PolicyDecides = true,
        };
    }
}
