using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Resources;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.DataSources;

/// <summary>Data sources about the account, its region and what AWS offers there.</summary>
internal static class AccountSources
{
    /// <summary>The account of AWS's deep learning containers in most regions.</summary>
    private const string DeepLearningRegistry = "763104351884";

    private static readonly string[] DeepLearningFamilies =
        ["autogluon-", "djl-", "huggingface-", "mxnet-", "pytorch", "stabilityai-", "tensorflow-"];

    private static readonly Dictionary<string, string> ZoneFilters = new()
    {
        ["group-name"] = "region", ["opt-in-status"] = "opt_in_status", ["region-name"] = "region", ["state"] = "state",
        ["zone-id"] = "zone_id", ["zone-name"] = "zone_name", ["zone-type"] = "zone_type",
    };

    public static MapValue AvailabilityZones(MapValue config, ResourceContext context)
    {
        var zones = AccountDefaults.Zones(context.Region)
            .Where(zone =>
                !config.Texts("exclude_names").Contains(zone) && !config.Texts("exclude_zone_ids").Contains(AccountDefaults.ZoneId(zone)))
            .Where(zone => Filters.Match(config, DescribeZone(zone, context.Region), ["state"], ZoneFilters))
            .ToList();
        return config
            .With("id", context.Region)
            .With("group_names", Value.ListOf(zones.Count == 0 ? [] : [context.Region]))
            .With("names", Value.ListOf(zones))
            .With("zone_ids", Value.ListOf(zones.Select(AccountDefaults.ZoneId)));
    }

    public static MapValue CallerIdentity(MapValue config, ResourceContext context)
    {
        var caller = context.Provider.Session ?? Caller.UserOf(context.Account);
        return config
            .With("id", context.Account)
            .With("account_id", context.Account)
            .With("arn", context.Provider.Session?.Arn ?? context.GlobalArn("iam", $"user/{Caller.UserName}"))
            .With("user_id", caller.UserId);
    }

    public static MapValue Partition(MapValue config, ResourceContext context) => config
        .With("id", context.Partition.Name)
        .With("partition", context.Partition.Name)
        .With("dns_suffix", context.Partition.DnsSuffix)
        .With("reverse_dns_prefix", context.Partition.ReverseDnsPrefix);

    public static MapValue Region(MapValue config, ResourceContext context)
    {
        var region = config.Text("name") ?? (config.Text("endpoint")?.Split('.') is ["ec2", var named, ..] ? named : context.Region);
        return config
            .With("id", region)
            .With("name", region)
            .With("region", region)
            .With("endpoint", $"ec2.{region}.{Kernel.Partition.From(region).DnsSuffix}")
            .With("description", RegionNames.Of(region));
    }

    public static MapValue ServicePrincipal(MapValue config, ResourceContext context)
    {
        var service = config.Text("service_name")!;
        return config
            .With("id", $"{service}.{context.Region}.amazonaws.com")
            .With("name", $"{service}.amazonaws.com")
            .With("suffix", "amazonaws.com");
    }

    public static MapValue ServiceQuota(MapValue config, ResourceContext context)
    {
        var (service, code, name) = (config.Text("service_code")!, config.Text("quota_code"), config.Text("quota_name"));
        var quota = context.Registry.All("aws_servicequotas_service_quota").FirstOrDefault(quota =>
                quota.Text("service_code") == service
                    && (quota.Text("quota_code") == code || (name is not null && quota.Text("quota_name") == name)))
            ?? throw new ResourceError(
                $"reading Service Quotas Service Quota ({service}/{code ?? name}): couldn't find resource",
                "In the sandbox only quotas that an aws_servicequotas_service_quota resource has set can be read here.");
        return ResourceSources.Copy(
            config, quota, "id", "arn", "adjustable", "default_value", "quota_code", "quota_name", "service_name", "value")
            .With("global_quota", false);
    }

    public static MapValue Parameter(MapValue config, ResourceContext context) => throw new ResourceError(
        $"reading SSM Parameter ({config.Text("name")}): couldn't find resource", "The sandbox holds no SSM parameters.", "name");

    public static MapValue PrebuiltImage(MapValue config, ResourceContext context)
    {
        var repository = config.Text("repository_name")!;
        if (!DeepLearningFamilies.Any(family => repository.StartsWith(family, StringComparison.Ordinal)))
        {
            throw new ResourceError(
                $"no registry ID available for region ({context.Region}) and repository ({repository})",
                "The sandbox knows the repositories of AWS's deep learning containers, for example pytorch-training.", "repository_name");
        }

        var suffix = config.Text("dns_suffix") ?? context.Partition.DnsSuffix;
        return config
            .With("id", DeepLearningRegistry)
            .With("registry_id", DeepLearningRegistry)
            .With("dns_suffix", suffix)
            .With(
                "registry_path",
                $"{DeepLearningRegistry}.dkr.ecr.{context.Region}.{suffix}/{repository}:{config.Text("image_tag") ?? "1"}");
    }

    private static MapValue DescribeZone(string zone, string region) => MapValue.Empty
        .With("zone_name", zone)
        .With("zone_id", AccountDefaults.ZoneId(zone))
        .With("region", region)
        .With("state", "available")
        .With("zone_type", "availability-zone")
        .With("opt_in_status", "opt-in-not-required");
}
