using BuildPipeline.Sandbox.Terraform.Resources;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.DataSources;

/// <summary>Data sources that search networks: what terraform created and the region's default VPC.</summary>
internal static class NetworkSources
{
    private const int ReservedAddresses = 5;

    private static readonly string[] GatewayServices = ["s3", "dynamodb"];

    private static readonly Dictionary<string, string> VpcFilters = new()
    {
        ["cidr"] = "cidr_block", ["cidr-block-association.cidr-block"] = "cidr_block", ["dhcp-options-id"] = "dhcp_options_id",
        ["is-default"] = "default", ["isDefault"] = "default", ["owner-id"] = "owner_id", ["state"] = "state", ["vpc-id"] = "id",
    };

    private static readonly Dictionary<string, string> SubnetFilters = new()
    {
        ["availability-zone"] = "availability_zone", ["availability-zone-id"] = "availability_zone_id", ["cidr-block"] = "cidr_block",
        ["default-for-az"] = "default_for_az",
        ["map-public-ip-on-launch"] = "map_public_ip_on_launch", ["owner-id"] = "owner_id", ["state"] = "state", ["subnet-id"] = "id",
        ["vpc-id"] = "vpc_id",
    };

    public static MapValue Vpc(MapValue config, ResourceContext context)
    {
        var vpc = Single("VPC", AccountDefaults.Vpcs(context).Where(vpc => vpc.Text("region") == context.Region).Select(vpc => vpc
            .With("state", "available")
            .With("default", vpc.IsTrue("default")))
            .Where(vpc => Filters.Match(config, vpc, ["cidr_block", "default", "dhcp_options_id", "id", "state"], VpcFilters)));
        return ResourceSources.Copy(
                config, vpc, "arn", "cidr_block", "default", "dhcp_options_id", "enable_dns_hostnames", "enable_dns_support",
                "enable_network_address_usage_metrics",
                "id", "instance_tenancy", "main_route_table_id", "owner_id", "state")
            .With("tags", Filters.TagsOf(vpc));
    }

    public static MapValue Subnet(MapValue config, ResourceContext context)
    {
        var found = Search(
            config, context, "availability_zone", "availability_zone_id", "cidr_block", "default_for_az", "id", "state", "vpc_id");
        var subnet = Single("Subnet", found);
        var flags = new[]
        {
            "assign_ipv6_address_on_creation", "enable_dns64", "enable_resource_name_dns_a_record_on_launch",
            "enable_resource_name_dns_aaaa_record_on_launch", "ipv6_native", "map_customer_owned_ip_on_launch", "map_public_ip_on_launch",
        };
        var state = ResourceSources.Copy(
            config, subnet, "arn", "availability_zone", "availability_zone_id", "cidr_block", "default_for_az", "id", "owner_id", "state",
            "vpc_id",
            "private_dns_hostname_type_on_launch");
        return flags.Aggregate(state, (described, flag) => described.With(flag, subnet.IsTrue(flag)))
            .With("available_ip_address_count", FreeAddresses(subnet.Text("cidr_block")))
            .With("tags", Filters.TagsOf(subnet));
    }

    public static MapValue Subnets(MapValue config, ResourceContext context) => config
        .With("id", context.Region)
        .With("ids", Value.ListOf(Search(config, context).Select(subnet => subnet.Text("id")!)));

    public static MapValue EndpointService(MapValue config, ResourceContext context)
    {
        var prefix = $"{context.Partition.ReverseDnsPrefix}.{context.Region}.";
        var name = config.Text("service_name") ?? prefix + config.Text("service");
        if (!name.StartsWith(prefix, StringComparison.Ordinal) || name.Length == prefix.Length)
        {
            throw new ResourceError("no matching EC2 VPC Endpoint Service found", $"The sandbox knows AWS's own services, {prefix}NAME.");
        }

        var service = name[prefix.Length..];
        var type = config.Text("service_type") ?? (GatewayServices.Contains(service) ? "Gateway" : "Interface");
        var host = $"{string.Join('.', service.Split('.').Reverse())}.{context.Region}.{context.Partition.DnsSuffix}";
        return config
            .With("id", AccountDefaults.StableId("vpce-svc", name))
            .With("arn", context.Arn("ec2", $"vpc-endpoint-service/{AccountDefaults.StableId("vpce-svc", name)}"))
            .With("acceptance_required", false)
            .With("availability_zones", Value.ListOf(AccountDefaults.Zones(context.Region)))
            .With("base_endpoint_dns_names", Value.ListOf([host]))
            .With("manages_vpc_endpoints", false)
            .With("owner", "amazon")
            .With("private_dns_name", type == "Interface" ? host : "")
            .With("private_dns_names", Value.ListOf(type == "Interface" ? [host] : []))
            .With("service_id", AccountDefaults.StableId("vpce-svc", name))
            .With("service_name", name)
            .With("service_region", context.Region)
            .With("service_type", type)
            .With("supported_ip_address_types", Value.ListOf(["ipv4"]))
            .With("tags", MapValue.Empty)
            .With("vpc_endpoint_policy_supported", true);
    }

    private static IEnumerable<MapValue> Search(MapValue config, ResourceContext context, params string[] attributes) =>
        context.Registry.All("aws_subnet")
        .Concat(AccountDefaults.Subnets(context))
        .Where(subnet => subnet.Text("region") == context.Region)
        .Select(subnet => subnet.With("state", "available").With("default_for_az", subnet.IsTrue("default_for_az")))
        .Where(subnet => Filters.Match(config, subnet, attributes, SubnetFilters));

    private static MapValue Single(string kind, IEnumerable<MapValue> found) => found.Take(2).ToList() switch
    {
        [var only] => only,
        [] => throw new ResourceError($"no matching EC2 {kind} found"),
        _ => throw new ResourceError($"multiple EC2 {kind}s matched; use additional constraints to reduce matches to a single EC2 {kind}"),
    };

    private static Value FreeAddresses(string? cidr) =>
        cidr is null ? Value.Null : (1L << (32 - Ipv4Block.Parse(cidr).Bits)) - ReservedAddresses;
}
