using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Security groups and their rules.</summary>
internal static class SecurityGroupResources
{
    private static readonly string[] RuleSources = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"];

    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        new("aws_security_group")
        {
            ForceNew = ["description", "name", "name_prefix", "vpc_id"],
            Defaults = new Dictionary<string, Value> { ["description"] = "Managed by Terraform", ["revoke_rules_on_delete"] = false },
            Rules =
            [
                Checks.Length("name", 1, 255),
                Checks.Matches("name", "^(?!sg-)", "cannot begin with sg-"),
                Checks.Length("name_prefix", 1, 100),
                Checks.Length("description", 1, 255),
                Checks.Matches(
                    "description", "^[a-zA-Z0-9. _:/()#,@\\[\\]+=&;{}!$*-]*$",
                    "AWS allows letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*"),
                new ExclusiveRule(["name", "name_prefix"]),
            ],
            References = [VpcResources.ToVpc],
            Complete = CompleteGroup,
        },
        new("aws_default_security_group")
        {
            ForceNew = ["vpc_id"],
            Defaults = new Dictionary<string, Value> { ["revoke_rules_on_delete"] = false },
            References = [VpcResources.ToVpc with { InUse = null }],
            Complete = CompleteDefaultGroup,
        },
        Rule("aws_vpc_security_group_ingress_rule"),
        Rule("aws_vpc_security_group_egress_rule"),
    ];

    private static ResourceDefinition Rule(string type) => new(type)
    {
        ForceNew = ["security_group_id"],
        Rules =
        [
            new ExclusiveRule(RuleSources, Required: true),
            Checks.Ipv4Network("cidr_ipv4", 0, 32),
            Checks.Between("from_port", -1, 65535),
            Checks.Between("to_port", -1, 65535),
        ],
        References =
        [
            new("security_group_id", "aws_security_group", "id", "InvalidGroup.NotFound", IsOwner: true),
            new("referenced_security_group_id", "aws_security_group", "id", "InvalidGroup.NotFound", "DependencyViolation"),
        ],
        Complete = writer => CompleteRule(writer, type),
    };

    private static void CompleteGroup(StateWriter writer)
    {
        writer.Fill("vpc_id", AccountDefaults.Vpc(writer.Context)["id"]);
        var isNew = writer.State["id"].IsUnknown;
        var name = writer.FillName();
        if (isNew && writer.Context.Registry.All("aws_security_group")
            .Any(other => other.Text("name") == name && other["vpc_id"] == writer.State["vpc_id"]))
        {
            throw ResourceError.FromApi($"creating Security Group ({name})", "EC2: CreateSecurityGroup", 400, "InvalidGroup.Duplicate",
                $"The security group '{name}' already exists for VPC '{writer.Text("vpc_id")}'");
        }

        writer.FillEc2("sg", "security-group");
    }

    private static void CompleteDefaultGroup(StateWriter writer)
    {
        var context = writer.Context;
        var vpc = AccountDefaults.Vpcs(context)
            .FirstOrDefault(vpc => vpc.Text("id") == writer.State.Text("vpc_id")) ?? AccountDefaults.Vpc(context);
        writer.Fill("id", vpc["default_security_group_id"]);
        writer.Fill("arn", context.Arn("ec2", $"security-group/{writer.Text("id")}"));
        writer.Fill("owner_id", context.Account);
        writer.Fill("name", "default");
        writer.Fill("name_prefix", "");
        writer.Fill("description", "default VPC security group");
    }

    private static void CompleteRule(StateWriter writer, string type)
    {
        var state = writer.State;
        var protocol = state.Text("ip_protocol");
        if (protocol is "tcp" or "udp" && (state["from_port"].IsNull || state["to_port"].IsNull))
        {
            throw ResourceError.FromApi($"creating {type}", "EC2: AuthorizeSecurityGroup", 400, "InvalidParameterValue",
                "Invalid value for portRange. Must specify both from and to ports with TCP/UDP.");
        }

        string[] identity = ["security_group_id", "ip_protocol", "from_port", "to_port", .. RuleSources];
        var twin = writer.Context.Registry.All(type)
            .FirstOrDefault(other => other["id"] != state["id"] && identity.All(name => other[name] == state[name]));
        if (twin is not null)
        {
            throw ResourceError.FromApi($"creating {type}", "EC2: AuthorizeSecurityGroup", 400, "InvalidPermission.Duplicate",
                $"the specified rule already exists: {twin.Text("id")} of {state.Text("security_group_id")}");
        }

        writer.FillEc2("sgr", "security-group-rule");
        writer.Fill("security_group_rule_id", writer.Text("id"));
    }
}
