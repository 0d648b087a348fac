using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Rules;

/// <summary>What the real provider refuses in its own configuration.</summary>
internal static class ProviderRules
{
    /// <summary>Whether the account is one of those that the configuration allows.</summary>
    public static IEnumerable<ResourceError> CheckAccount(MapValue config, string account)
    {
        var allowed = config.Texts("allowed_account_ids");
        return config.Texts("forbidden_account_ids").Contains(account) || (allowed.Count > 0 && !allowed.Contains(account))
            ? [new ResourceError($"AWS account ID not allowed: {account}", "The sandbox has this one account.")]
            : [];
    }

    public static IEnumerable<ResourceError> CheckRegion(MapValue config) =>
        config.IsTrue("skip_region_validation") || config.Text("region") is not { } region || Regions.Names.Contains(region)
            ? []
            : [new ResourceError(
                $"Invalid region value: {region}", "Not a region that AWS has; skip_region_validation = true lets it pass.", "region")];
}

/// <summary>The regions of AWS.</summary>
internal static class Regions
{
    public static readonly IReadOnlySet<string> Names = new HashSet<string>(StringComparer.Ordinal)
    {
        "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2",
        "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
        "ca-central-1", "ca-west-1", "cn-north-1", "cn-northwest-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1",
        "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1",
        "us-east-1", "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-west-1", "us-west-2",
    };
}
