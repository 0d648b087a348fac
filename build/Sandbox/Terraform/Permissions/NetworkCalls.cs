using BuildPipeline.Sandbox.Authorization;
using static BuildPipeline.Sandbox.Terraform.Permissions.ResourceCalls;

namespace BuildPipeline.Sandbox.Terraform.Permissions;

/// <summary>Networks. An action on several resources is asked of each of them, as EC2 does.</summary>
internal static class NetworkCalls
{
    private static readonly CallsOf FindInterfaces = OnAll("ec2:DescribeNetworkInterfaces");

    private static readonly string[] SubnetAttributes =
    [
        "assign_ipv6_address_on_creation", "enable_dns64", "enable_resource_name_dns_a_record_on_launch", "enable_resource_name_dns_aaaa_record_on_launch",
        "map_public_ip_on_launch",
    ];

    private static readonly string[] EndpointSettings =
        ["dns_options", "ip_address_type", "policy", "private_dns_enabled", "route_table_ids", "security_group_ids", "subnet_ids"];

    public static IReadOnlyDictionary<string, ResourceCalls> All { get; } = new Dictionary<string, ResourceCalls>(StringComparer.Ordinal)
    {
        ["aws_vpc"] = new(
            CreateVpc,
            ReadVpc("ec2:DescribeNetworkAcls", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups"),
            UpdateVpc,
            On(request => Ec2(request, "vpc", request.Text("id")), "ec2:DeleteVpc")),
        ["aws_subnet"] = new(
            CreateSubnet, OnAll("ec2:DescribeSubnets"), request => Changed(request, "subnet", "ec2:ModifySubnetAttribute", SubnetAttributes),
            ResourceCalls.All(FindInterfaces, On(request => Ec2(request, "subnet", request.Text("id")), "ec2:DeleteSubnet"))),
        ["aws_route_table"] = new(
            request => Created(request, "ec2:CreateRouteTable", "route-table").Append(OnVpc(request, "ec2:CreateRouteTable")),
            OnAll("ec2:DescribeRouteTables"), request => Tags(request, "route-table"),
            On(request => Ec2(request, "route-table", request.Text("id")), "ec2:DeleteRouteTable")),
        ["aws_route_table_association"] = new(
            OnBoth("ec2:AssociateRouteTable"), OnAll("ec2:DescribeRouteTables"), OnBoth("ec2:ReplaceRouteTableAssociation"), OnBoth("ec2:DisassociateRouteTable")),
        ["aws_security_group"] = new(
            CreateGroup, OnAll("ec2:DescribeSecurityGroups"), request => Tags(request, "security-group"),
            ResourceCalls.All(FindInterfaces, On(request => Ec2(request, "security-group", request.Text("id")), "ec2:DeleteSecurityGroup"))),
        ["aws_default_security_group"] = new(TakeOverGroup, OnAll("ec2:DescribeSecurityGroups"), request => Tags(request, "security-group"), None),
        ["aws_vpc_security_group_egress_rule"] = Rule("Egress"),
        ["aws_vpc_security_group_ingress_rule"] = Rule("Ingress"),
        ["aws_vpc_endpoint"] = new(
            // The addresses of a gateway are looked for under the name of every endpoint, and the subnets of an interface by what is in them.
            CreateEndpoint, ResourceCalls.All(OnAll("ec2:DescribePrefixLists", "ec2:DescribeVpcEndpoints"), request => request.Text("vpc_endpoint_type") == "Gateway" ? [] : FindInterfaces(request)),
            UpdateEndpoint, On(request => Ec2(request, "vpc-endpoint", request.Text("id")), "ec2:DeleteVpcEndpoints")),
    };

    public static IReadOnlyDictionary<string, CallsOf> Sources { get; } = new Dictionary<string, CallsOf>(StringComparer.Ordinal)
    {
        ["aws_availability_zones"] = OnAll("ec2:DescribeAvailabilityZones"),
        ["aws_subnet"] = OnAll("ec2:DescribeSubnets"),
        ["aws_vpc"] = ReadVpc("ec2:DescribeRouteTables"),
    };

    private static string Ec2(ResourceRequest request, string kind, string id) => request.Arn("ec2", $"{kind}/{id}");

    private static Permission OnVpc(ResourceRequest request, string action) => new(action, Ec2(request, "vpc", request.Text("vpc_id")));

    private static IEnumerable<Permission> Created(ResourceRequest request, string action, string kind) => request
        .Created(new Permission(action, Ec2(request, kind, "*")), "ec2:CreateTags")
        .Select(permission => permission.Action == "ec2:CreateTags" ? permission.With("ec2:CreateAction", action["ec2:".Length..]) : permission);

    private static IEnumerable<Permission> Tags(ResourceRequest request, string kind) =>
        request.Tagged(Ec2(request, kind, request.Text("id")), "ec2:CreateTags", "ec2:DeleteTags");

    private static IEnumerable<Permission> Changed(ResourceRequest request, string kind, string action, string[] members)
    {
        if (members.Any(request.Changes))
        {
            yield return new Permission(action, Ec2(request, kind, request.Text("id")));
        }

        foreach (var tag in Tags(request, kind))
        {
            yield return tag;
        }
    }

    private static CallsOf ReadVpc(params string[] others) => ResourceCalls.All(
        OnAll(["ec2:DescribeVpcs", .. others]), On(request => Ec2(request, "vpc", request.Text("id")), "ec2:DescribeVpcAttribute"));

    // A VPC starts with support and without names.
    private static IEnumerable<Permission> CreateVpc(ResourceRequest request)
    {
        foreach (var creation in Created(request, "ec2:CreateVpc", "vpc"))
        {
            yield return creation;
        }

        if (request.State.IsTrue("enable_dns_hostnames") || !request.State.IsTrue("enable_dns_support"))
        {
            yield return request.OnNew("ec2:ModifyVpcAttribute", Ec2(request, "vpc", "*"));
        }
    }

    private static IEnumerable<Permission> UpdateVpc(ResourceRequest request) => Changed(
        request, "vpc", "ec2:ModifyVpcAttribute", ["enable_dns_hostnames", "enable_dns_support", "enable_network_address_usage_metrics"]);

    private static IEnumerable<Permission> CreateSubnet(ResourceRequest request)
    {
        foreach (var creation in Created(request, "ec2:CreateSubnet", "subnet").Append(OnVpc(request, "ec2:CreateSubnet")))
        {
            yield return creation;
        }

        if (SubnetAttributes.Any(request.State.IsTrue))
        {
            yield return request.OnNew("ec2:ModifySubnetAttribute", Ec2(request, "subnet", "*"));
        }
    }

    private static CallsOf OnBoth(string action) => request =>
        [new Permission(action, Ec2(request, "route-table", request.Text("route_table_id"))), new Permission(action, Ec2(request, "subnet", request.Text("subnet_id")))];

    // EC2 gives a new group a rule that lets everything out, which the provider takes away.
    private static IEnumerable<Permission> CreateGroup(ResourceRequest request) => Created(request, "ec2:CreateSecurityGroup", "security-group")
        .Append(OnVpc(request, "ec2:CreateSecurityGroup"))
        .Append(request.OnNew("ec2:RevokeSecurityGroupEgress", Ec2(request, "security-group", "*")));

    // The group came with its VPC, without tags and with two rules.
    private static IEnumerable<Permission> TakeOverGroup(ResourceRequest request)
    {
        var group = Ec2(request, "security-group", request.Text("id"));
        if (ResourceRequest.TagsOf(request.State) is { Count: > 0 } tags)
        {
            yield return new Permission("ec2:CreateTags", group).WithTags(tags);
        }

        yield return request.OnNew("ec2:RevokeSecurityGroupIngress", group);
        yield return request.OnNew("ec2:RevokeSecurityGroupEgress", group);
    }

    private static ResourceCalls Rule(string direction)
    {
        var (authorize, revoke) = ($"ec2:AuthorizeSecurityGroup{direction}", $"ec2:RevokeSecurityGroup{direction}");
        return new(
            request => Created(request, authorize, "security-group-rule").Append(new Permission(authorize, Group(request))),
            OnAll("ec2:DescribeSecurityGroupRules"),
            request => OnRule("ec2:ModifySecurityGroupRules")(request)
                .Where(_ => request.ChangesMoreThanTags)
                .Concat(Tags(request, "security-group-rule")),
            OnRule(revoke));
    }

    private static CallsOf OnRule(string action) => request =>
        [new Permission(action, Group(request)), new Permission(action, Ec2(request, "security-group-rule", request.Text("id")))];

    private static string Group(ResourceRequest request) => Ec2(request, "security-group", request.Text("security_group_id"));

    private static IEnumerable<Permission> CreateEndpoint(ResourceRequest request) => Created(request, "ec2:CreateVpcEndpoint", "vpc-endpoint")
        .Append(OnVpc(request, "ec2:CreateVpcEndpoint")).Concat(OnPlaces(request, "ec2:CreateVpcEndpoint"));

    private static IEnumerable<Permission> UpdateEndpoint(ResourceRequest request)
    {
        var changed = Changed(request, "vpc-endpoint", "ec2:ModifyVpcEndpoint", EndpointSettings).ToList();
        return changed.Exists(permission => permission.Action == "ec2:ModifyVpcEndpoint") ? changed.Concat(OnPlaces(request, "ec2:ModifyVpcEndpoint")) : changed;
    }

    private static IEnumerable<Permission> OnPlaces(ResourceRequest request, string action) =>
        new[] { ("route-table", "route_table_ids"), ("security-group", "security_group_ids"), ("subnet", "subnet_ids") }
            .SelectMany(place => request.State.Texts(place.Item2), (place, id) => new Permission(action, Ec2(request, place.Item1, id)));
}
