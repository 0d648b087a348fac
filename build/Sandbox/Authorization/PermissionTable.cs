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
            ["codebuild"] = CodeBuildPermissions.All,
            ["ec2"] = AccountPermissions.Ec2,
            ["events"] = EventPermissions.All,
            ["iam"] = IamPermissions.All,
            ["kms"] = KeyPermissions.All,
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

    /// <summary>An operation that tags a resource.</summary>
    /// <param name="resource">The member that has the resource's ARN.</param>
    /// <param name="tags">The member that has the tags.</param>
    public static PermissionsOf Tagging(string prefix, string resource, string tags = "Tags") =>
        call => [new Permission(call.ActionOf(prefix), call.Text(resource)).WithTags(call.Tags(tags))];

    /// <summary>An operation that removes tags of a resource.</summary>
    /// <param name="resource">The member that has the resource's ARN.</param>
    /// <param name="keys">The member that has the tags' keys.</param>
    public static PermissionsOf Untagging(string prefix, string resource, string keys = "TagKeys") =>
        call => [new Permission(call.ActionOf(prefix), call.Text(resource)).With("aws:TagKeys", call.List(keys))];

    /// <summary>What hands a role over to a service.</summary>
    /// <param name="service">As trust policies have it.</param>
    public static Permission PassRole(string role, string service) => new Permission("iam:PassRole", role).With("iam:PassedToService", service);

    /// <summary>What creates a resource, and what tags it, where the request has tags.</summary>
    /// <param name="tagging">The action that tags.</param>
    /// <param name="member">The member that has the tags.</param>
    public static IEnumerable<Permission> Tagged(OperationCall call, Permission creation, string tagging, string member = "Tags")
    {
        var tags = call.Tags(member);
        yield return creation.WithTags(tags);
        if (tags.Count > 0)
        {
            yield return new Permission(tagging, creation.Resource).WithTags(tags);
        }
    }
}
