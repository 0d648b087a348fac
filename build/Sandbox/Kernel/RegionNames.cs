namespace BuildPipeline.Sandbox.Kernel;

/// <summary>The names that AWS has for regions beside their codes.</summary>
internal static class RegionNames
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["us-east-1"] = "US East (N. Virginia)", ["us-east-2"] = "US East (Ohio)", ["us-west-1"] = "US West (N. California)",
        ["us-west-2"] = "US West (Oregon)",
        ["eu-west-1"] = "Europe (Ireland)", ["eu-west-2"] = "Europe (London)", ["eu-central-1"] = "Europe (Frankfurt)",
        ["eu-north-1"] = "Europe (Stockholm)",
        ["ap-northeast-1"] = "Asia Pacific (Tokyo)", ["ap-southeast-1"] = "Asia Pacific (Singapore)",
        ["ap-southeast-2"] = "Asia Pacific (Sydney)",
    };

    /// <summary>For example <c>Europe (Ireland)</c> for <c>eu-west-1</c>; the code itself where the sandbox knows no name.</summary>
    public static string Of(string region) => Known.GetValueOrDefault(region, region);
}
