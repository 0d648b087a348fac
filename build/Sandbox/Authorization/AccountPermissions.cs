namespace BuildPipeline.Sandbox.Authorization;

/// <summary>What tells of the account: EC2's lists, quotas, and STS.</summary>
internal static class AccountPermissions
{
    private const string Quotas = "servicequotas";

    public static IReadOnlyDictionary<string, PermissionsOf> Ec2 { get; } = new Dictionary<string, PermissionsOf>(StringComparer.Ordinal)
    {
        ["DescribeSpotPriceHistory"] = PermissionTable.OnAll("ec2"),
        ["DescribeTags"] = PermissionTable.OnAll("ec2"),
    };

    public static IReadOnlyDictionary<string, PermissionsOf> ServiceQuotas { get; } = new Dictionary<string, PermissionsOf>(StringComparer.Ordinal)
    {
        ["GetAWSDefaultServiceQuota"] = PermissionTable.OnAll(Quotas),
        ["GetServiceQuota"] = PermissionTable.OnAll(Quotas),
        ["ListAWSDefaultServiceQuotas"] = PermissionTable.OnAll(Quotas),
        ["ListServiceQuotas"] = PermissionTable.OnAll(Quotas),
    };

    /// <summary>Everybody may ask who he is.</summary>
    public static IReadOnlyDictionary<string, PermissionsOf> Sts { get; } = new Dictionary<string, PermissionsOf>(StringComparer.Ordinal)
    {
        ["AssumeRole"] = AssumeRole,
        ["GetCallerIdentity"] = _ => [],
    };

    private static IEnumerable<Permission> AssumeRole(OperationCall call)
    {
        var (tags, transitive) = (call.Tags("Tags"), call.List("TransitiveTagKeys").ToList());
        var assume = new Permission("sts:AssumeRole", call.Text("RoleArn"))
            .With("sts:RoleSessionName", call.Find("RoleSessionName"))
            .With("sts:ExternalId", call.Find("ExternalId"))
            .With("sts:SourceIdentity", call.Find("SourceIdentity"))
            .With("sts:TransitiveTagKeys", transitive)
            .WithTags(tags);
        yield return assume;
        if (tags.Count > 0 || transitive.Count > 0)
        {
            yield return assume with { Action = "sts:TagSession" };
        }
    }
}
