using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Authorization;

/// <summary>What one operation has to be allowed, by its input.</summary>
internal delegate IEnumerable<Permission> PermissionsOf(OperationCall call);

/// <summary>What each operation of each service has to be allowed. AWS's Service Authorization Reference is the source.</summary>
/// <remarks>https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html</remarks>
internal static class PermissionTable
{
    /// <summary>By the names of the services' models, then by operation.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, PermissionsOf>> Services { get; } =
        new Dictionary<string, IReadOnlyDictionary<string, PermissionsOf>>(StringComparer.Ordinal)
        {
            ["budgets"] = BudgetPermissions.All,
            ["cloudwatch"] = CloudWatchPermissions.All,
            ["ec2"] = AccountPermissions.Ec2,
            ["events"] = EventPermissions.All,
            ["iam"] = IamPermissions.All,
            ["logs"] = LogPermissions.All,
            ["sagemaker"] = SageMakerPermissions.All,
            ["secretsmanager"] = SecretPermissions.SecretsManager,
            ["service-quotas"] = AccountPermissions.ServiceQuotas,
            ["sns"] = TopicPermissions.All,
            ["ssm"] = SecretPermissions.ParameterStore,
            ["sts"] = AccountPermissions.Sts,
        };

    /// <exception cref="AwsError">The table does not have the operation, so nobody could say whether a policy allows it.</exception>
    public static IReadOnlyList<Permission> Of(OperationCall call) =>
        Services.GetValueOrDefault(call.Service)?.GetValueOrDefault(call.Operation) is { } permissions
            ? [.. permissions(call)]
            : throw AuthorizationErrors.Of(
                call.Service, $"The sandbox does not know what {call.Service}:{call.Operation} has to be allowed, so it refuses it to sessions of roles.");

    /// <summary>An operation that needs its own action, on one resource.</summary>
    public static PermissionsOf On(string prefix, Func<OperationCall, string> resource) => call => [new Permission(call.ActionOf(prefix), resource(call))];

    /// <summary>An operation that needs its own action, which has no resource.</summary>
    public static PermissionsOf OnAll(string prefix) => On(prefix, _ => "*");
}
