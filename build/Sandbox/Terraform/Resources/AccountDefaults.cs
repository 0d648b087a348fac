using System.Security.Cryptography;
using System.Text;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>What an account has without asking: zones and a default VPC with a subnet in each.</summary>
internal static class AccountDefaults
{
    private const int ZoneCount = 3;

    public static IReadOnlyList<string> Zones(string region) =>
        [.. Enumerable.Range(0, ZoneCount).Select(index => $"{region}{(char)('a' + index)}")];

    /// <summary>The id of a zone, for example <c>use1-az1</c> of <c>us-east-1a</c>.</summary>
    public static string ZoneId(string zone)
    {
        var words = zone[..^1].Split('-');
        var directions = words[1..^1].Select(word => word switch
        {
            "northeast" => "ne",
            "northwest" => "nw",
            "southeast" => "se",
            "southwest" => "sw",
            _ => word[..1],
        });
        return $"{words[0]}{string.Concat(directions)}{words[^1]}-az{zone[^1] - 'a' + 1}";
    }

    /// <summary>An id that is always the same for the same thing.</summary>
    public static string StableId(string prefix, string name, int digits = 17) =>
        $"{prefix}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..digits]}";

    public static MapValue Vpc(ResourceContext context)
    {
        var id = StableId("vpc", context.Region);
        return MapValue.Empty
            .With("id", id)
            .With("region", context.Region)
            .With("arn", context.Arn("ec2", $"vpc/{id}"))
            .With("owner_id", context.Account)
            .With("cidr_block", "172.31.0.0/16")
            .With("default", true)
            .With("instance_tenancy", "default")
            .With("enable_dns_support", true)
            .With("enable_dns_hostnames", true)
            .With("enable_network_address_usage_metrics", false)
            .With("dhcp_options_id", StableId("dopt", context.Region))
            .With("main_route_table_id", StableId("rtb", context.Region))
            .With("default_security_group_id", StableId("sg", context.Region))
            .With("tags", MapValue.Empty);
    }

    public static IEnumerable<MapValue> Subnets(ResourceContext context) => Zones(context.Region).Select((zone, index) =>
    {
        var id = StableId("subnet", zone);
        return MapValue.Empty
            .With("id", id)
            .With("region", context.Region)
            .With("arn", context.Arn("ec2", $"subnet/{id}"))
            .With("owner_id", context.Account)
            .With("vpc_id", Vpc(context)["id"])
            .With("availability_zone", zone)
            .With("availability_zone_id", ZoneId(zone))
            .With("cidr_block", $"172.31.{index * 16}.0/20")
            .With("default_for_az", true)
            .With("map_public_ip_on_launch", true)
            .With("tags", MapValue.Empty);
    });

    /// <summary>The default VPC's id for one of its subnets or its security group; null for anything else.</summary>
    public static string? VpcOf(string id, string region) =>
        id == StableId("sg", region) || Zones(region).Any(zone => id == StableId("subnet", zone)) ? StableId("vpc", region) : null;

    public static IEnumerable<MapValue> Vpcs(ResourceContext context) => context.Registry.All("aws_vpc").Append(Vpc(context));

    /// <summary>True if a resource exists that terraform did not create by its own block.</summary>
    public static bool Has(ResourceContext context, string type, string id) => type switch
    {
        "aws_vpc" => Vpc(context).Text("id") == id,
        "aws_subnet" => Subnets(context).Any(subnet => subnet.Text("id") == id),
        "aws_security_group" => Vpcs(context).Any(vpc => vpc.Text("default_security_group_id") == id),
        "aws_route_table" => Vpcs(context).Any(vpc => vpc.Text("main_route_table_id") == id),
        "aws_s3_bucket" => context.Store.BucketExists(id),
        "aws_cloudwatch_log_group" => context.Logs.Exists(id),
        _ => false,
    };
}
