using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Networks: VPCs, subnets, routes, endpoints, flow logs.</summary>
internal static class VpcResources
{
    private const string DefaultEndpointPolicy =
        """{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}""";

    public static readonly Reference ToVpc = new("vpc_id", "aws_vpc", "id", "InvalidVpcID.NotFound", "DependencyViolation");

    private static readonly Reference ToSubnets = new("subnet_ids", "aws_subnet", "id", "InvalidSubnetID.NotFound", "DependencyViolation");

    private static readonly string[] GatewayServices = ["s3", "dynamodb"];

    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        new("aws_vpc")
        {
            ForceNew = ["cidr_block", "instance_tenancy", "ipv4_ipam_pool_id", "ipv4_netmask_length"],
            Defaults = new Dictionary<string, Value> { ["enable_dns_support"] = true, ["instance_tenancy"] = "default" },
            Rules =
            [
                Checks.Ipv4Network("cidr_block", 16, 28),
                Checks.OneOf("instance_tenancy", "default", "dedicated"),
                new ExclusiveRule(["cidr_block", "ipv4_netmask_length"]),
            ],
            Complete = CompleteVpc,
        },
        new("aws_subnet")
        {
            ForceNew =
            [
                "availability_zone", "availability_zone_id", "cidr_block", "ipv4_ipam_pool_id", "ipv4_netmask_length", "ipv6_native",
                "outpost_arn", "vpc_id",
            ],
            Defaults = new[]
            {
                "assign_ipv6_address_on_creation", "enable_dns64", "enable_resource_name_dns_a_record_on_launch",
                "enable_resource_name_dns_aaaa_record_on_launch", "ipv6_native", "map_public_ip_on_launch",
            }.ToDictionary(name => name, _ => (Value)false),
            Rules = [Checks.Ipv4Network("cidr_block", 16, 28), new ExclusiveRule(["availability_zone", "availability_zone_id"])],
            References = [ToVpc],
            Complete = CompleteSubnet,
        },
        new("aws_route_table") { ForceNew = ["vpc_id"], References = [ToVpc], Complete = writer => writer.FillEc2("rtb", "route-table") },
        new("aws_route_table_association")
        {
            ForceNew = ["subnet_id", "gateway_id"],
            Rules = [new ExclusiveRule(["subnet_id", "gateway_id"], Required: true)],
            References =
            [
                new("subnet_id", "aws_subnet", "id", "InvalidSubnetID.NotFound", IsOwner: true),
                // The provider takes the associations off before it deletes a route table.
                new("route_table_id", "aws_route_table", "id", "InvalidRouteTableID.NotFound", IsOwner: true),
            ],
            Unique = new("subnet_id", "Resource.AlreadyAssociated"),
            ImportId = state => $"{state.Text("subnet_id")}/{state.Text("route_table_id")}",
            Complete = writer => writer.FillId("rtbassoc"),
        },
        new("aws_vpc_endpoint")
        {
            ForceNew =
            [
                "resource_configuration_arn", "service_name", "service_network_arn", "service_region", "vpc_endpoint_type", "vpc_id",
            ],
            Defaults = new Dictionary<string, Value> { ["vpc_endpoint_type"] = "Gateway" },
            Json = ["policy"],
            Recomputed = new Dictionary<string, string[]> { ["network_interface_ids"] = ["subnet_ids"] },
            Rules =
            [
                Checks.OneOf("vpc_endpoint_type", "Gateway", "GatewayLoadBalancer", "Interface", "Resource", "ServiceNetwork"),
                Checks.OneOf("ip_address_type", "ipv4", "dualstack", "ipv6"),
                Checks.Policy("policy"),
                new ExclusiveRule(["resource_configuration_arn", "service_name", "service_network_arn"], Required: true),
            ],
            References =
            [
                ToVpc, ToSubnets,
                new("route_table_ids", "aws_route_table", "id", "InvalidRouteTableId.NotFound"),
                new("security_group_ids", "aws_security_group", "id", "InvalidGroup.NotFound", "DependencyViolation"),
            ],
            Complete = CompleteEndpoint,
        },
        new("aws_flow_log")
        {
            ForceNew =
            [
                "deliver_cross_account_role", "destination_options", "eni_id", "iam_role_arn", "log_destination", "log_destination_type",
                "log_format", "max_aggregation_interval", "regional_nat_gateway_id", "subnet_id", "traffic_type", "transit_gateway_attachment_id",
                "transit_gateway_id", "vpc_id",
            ],
            Defaults = new Dictionary<string, Value> { ["log_destination_type"] = "cloud-watch-logs", ["max_aggregation_interval"] = 600 },
            Rules =
            [
                Checks.OneOf("log_destination_type", "cloud-watch-logs", "s3", "kinesis-data-firehose"),
                Checks.OneOf("max_aggregation_interval", "60", "600"),
                Checks.OneOf("traffic_type", "ACCEPT", "REJECT", "ALL"),
                Checks.Arn("iam_role_arn"),
                Checks.Arn("log_destination"),
                new ExclusiveRule(
                    ["eni_id", "regional_nat_gateway_id", "subnet_id", "transit_gateway_attachment_id", "transit_gateway_id", "vpc_id"],
                    Required: true),
            ],
            References = [ToVpc with { InUse = null }],
            Complete = writer => writer.FillEc2("fl", "vpc-flow-log"),
        },
    ];

    private static void CompleteVpc(StateWriter writer)
    {
        writer.FillEc2("vpc", "vpc");
        var registry = writer.Context.Registry;
        var routeTable = $"rtb-{registry.NextHex(17)}";
        writer.Fill("default_route_table_id", routeTable);
        writer.Fill("main_route_table_id", routeTable);
        writer.Fill("default_network_acl_id", $"acl-{registry.NextHex(17)}");
        writer.Fill("default_security_group_id", $"sg-{registry.NextHex(17)}");
        writer.Fill("dhcp_options_id", AccountDefaults.StableId("dopt", writer.Context.Region));
        writer.Fill("enable_dns_hostnames", false);
        writer.Fill("enable_network_address_usage_metrics", false);
        foreach (var name in new[] { "ipv6_association_id", "ipv6_cidr_block", "ipv6_cidr_block_network_border_group" })
        {
            writer.Fill(name, "");
        }
    }

    private static void CompleteSubnet(StateWriter writer)
    {
        var zones = AccountDefaults.Zones(writer.Context.Region);
        writer.Fill(
            "availability_zone",
            zones.FirstOrDefault(zone => AccountDefaults.ZoneId(zone) == writer.State.Text("availability_zone_id")) ?? zones[0]);
        var zone = writer.Text("availability_zone");
        if (!zones.Contains(zone))
        {
            throw Refuse("creating EC2 Subnet", "EC2: CreateSubnet", "InvalidParameterValue",
                $"Value ({zone}) for parameter availabilityZone is invalid. The zones of the region are {string.Join(", ", zones)}.");
        }

        CheckSubnetRange(writer);
        writer.Fill("availability_zone_id", AccountDefaults.ZoneId(zone));
        writer.Fill("private_dns_hostname_type_on_launch", "ip-name");
        writer.Fill("ipv6_cidr_block_association_id", "");
        writer.FillEc2("subnet", "subnet");
    }

    private static void CheckSubnetRange(StateWriter writer)
    {
        var (cidr, vpcId) = (writer.Text("cidr_block"), writer.Text("vpc_id"));
        if (!writer.State["id"].IsUnknown || cidr.Length == 0)
        {
            return;
        }

        var block = Ipv4Block.Parse(cidr);
        var vpc = AccountDefaults.Vpcs(writer.Context).First(vpc => vpc.Text("id") == vpcId);
        if (vpc.Text("cidr_block") is { } range && !Ipv4Block.Parse(range).Contains(block))
        {
            throw Refuse(
                "creating EC2 Subnet", "EC2: CreateSubnet", "InvalidSubnet.Range",
                $"The CIDR '{cidr}' is invalid: it is not within {range} of {vpcId}.");
        }

        var clash = writer.Context.Registry.All("aws_subnet").FirstOrDefault(other =>
            other.Text("vpc_id") == vpcId && other.Text("cidr_block") is { Length: > 0 } taken && Ipv4Block.Parse(taken).Overlaps(block));
        if (clash is not null)
        {
            throw Refuse(
                "creating EC2 Subnet", "EC2: CreateSubnet", "InvalidSubnet.Conflict",
                $"The CIDR '{cidr}' conflicts with another subnet, {clash.Text("id")}.");
        }
    }

    private static void CompleteEndpoint(StateWriter writer)
    {
        var context = writer.Context;
        CheckEndpointService(writer);
        var isGateway = writer.Text("vpc_endpoint_type") == "Gateway";
        writer.FillEc2("vpce", "vpc-endpoint");
        writer.Fill("state", "available");
        writer.Fill("requester_managed", false);
        writer.Fill("private_dns_enabled", false);
        writer.Fill("ip_address_type", isGateway ? "" : "ipv4");
        writer.Fill("service_region", context.Region);
        writer.Fill("policy", DefaultEndpointPolicy);
        writer.Fill("prefix_list_id", isGateway ? AccountDefaults.StableId("pl", writer.Text("service_name"), digits: 8) : "");
        writer.Fill(
            "network_interface_ids", Value.ListOf(writer.State.Texts("subnet_ids").Select(_ => $"eni-{context.Registry.NextHex(17)}")));
        var defaultGroup = AccountDefaults.Vpcs(context).First(vpc => vpc.Text("id") == writer.Text("vpc_id"))
            .Text("default_security_group_id")!;
        writer.Fill("security_group_ids", Value.SetOf(isGateway ? [] : [defaultGroup]));
    }

    private static void CheckEndpointService(StateWriter writer)
    {
        var (service, type, region) = (writer.Text("service_name"), writer.Text("vpc_endpoint_type"), writer.Context.Region);
        if (!service.StartsWith("com.amazonaws.", StringComparison.Ordinal) && !service.StartsWith("aws.", StringComparison.Ordinal))
        {
            return;
        }

        if (!service.Contains($".{region}.", StringComparison.Ordinal))
        {
            throw Refuse("creating EC2 VPC Endpoint", "EC2: CreateVpcEndpoint", "InvalidServiceName",
                $"The Vpc Endpoint Service '{service}' does not exist in {region}.");
        }

        if (type == "Gateway" && !GatewayServices.Contains(service.Split('.')[^1]))
        {
            throw Refuse("creating EC2 VPC Endpoint", "EC2: CreateVpcEndpoint", "InvalidParameter",
                $"Endpoint type (Gateway) does not match available service types ([Interface]) of {service}.");
        }
    }

    private static ResourceError Refuse(string action, string operation, string code, string message) =>
        ResourceError.FromApi(action, operation, 400, code, message);
}
