namespace BuildPipeline.Sandbox.Authorization;

/// <summary>IAM's roles, policies and identity providers, by their names: of roles and policies that have a path a request says the name alone.</summary>
internal static class IamPermissions
{
    private const string Prefix = "iam";

    private static readonly string[] OfRole =
    [
        "DeleteRole", "DeleteRolePermissionsBoundary", "DeleteRolePolicy", "GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListInstanceProfilesForRole",
        "ListRolePolicies", "ListRoleTags", "PutRolePolicy", "UpdateAssumeRolePolicy", "UpdateRole", "UpdateRoleDescription",
    ];

    private static readonly string[] OfPolicy =
    [
        "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "GetPolicy", "GetPolicyVersion", "ListEntitiesForPolicy", "ListPolicyTags",
        "ListPolicyVersions", "SetDefaultPolicyVersion",
    ];

    private static readonly string[] OfProvider =
    [
        "AddClientIDToOpenIDConnectProvider", "DeleteOpenIDConnectProvider", "GetOpenIDConnectProvider", "ListOpenIDConnectProviderTags",
        "RemoveClientIDFromOpenIDConnectProvider", "UpdateOpenIDConnectProviderThumbprint",
    ];

    private static readonly string[] OfAll = ["ListOpenIDConnectProviders", "ListPolicies", "ListRoles"];

    public static IReadOnlyDictionary<string, PermissionsOf> All { get; } = Own().ToDictionary(StringComparer.Ordinal);

    private static IEnumerable<KeyValuePair<string, PermissionsOf>> Own() =>
    [
        .. OfRole.Select(name => KeyValuePair.Create(name, (PermissionsOf)OnRole)),
        .. OfPolicy.Select(name => KeyValuePair.Create(name, PermissionTable.On(Prefix, call => call.Text("PolicyArn")))),
        .. OfProvider.Select(name => KeyValuePair.Create(name, PermissionTable.On(Prefix, call => call.Text("OpenIDConnectProviderArn")))),
        .. OfAll.Select(name => KeyValuePair.Create(name, PermissionTable.OnAll(Prefix))),
        KeyValuePair.Create<string, PermissionsOf>("AttachRolePolicy", OnRoleWithPolicy),
        KeyValuePair.Create<string, PermissionsOf>("DetachRolePolicy", OnRoleWithPolicy),
        KeyValuePair.Create<string, PermissionsOf>("PutRolePermissionsBoundary", OnRole),
        KeyValuePair.Create<string, PermissionsOf>("CreateRole", call => PermissionTable.Tagged(call, OnRole(call).Single(), "iam:TagRole")),
        KeyValuePair.Create<string, PermissionsOf>("CreatePolicy", call => PermissionTable.Tagged(
            call, new Permission("iam:CreatePolicy", call.GlobalArn(Prefix, $"policy{call.Find("Path") ?? "/"}{call.Text("PolicyName")}")), "iam:TagPolicy")),
        KeyValuePair.Create<string, PermissionsOf>("CreateOpenIDConnectProvider", call => PermissionTable.Tagged(
            call, new Permission("iam:CreateOpenIDConnectProvider", call.GlobalArn(Prefix, "oidc-provider/" + call.Text("Url").Split("://")[^1])), "iam:TagOpenIDConnectProvider")),
        KeyValuePair.Create<string, PermissionsOf>("TagRole", call => [OnRole(call).Single().WithTags(call.Tags("Tags"))]),
        KeyValuePair.Create<string, PermissionsOf>("UntagRole", call => [OnRole(call).Single().With("aws:TagKeys", call.List("TagKeys"))]),
        KeyValuePair.Create("TagPolicy", PermissionTable.Tagging(Prefix, "PolicyArn")),
        KeyValuePair.Create("UntagPolicy", PermissionTable.Untagging(Prefix, "PolicyArn")),
        KeyValuePair.Create("TagOpenIDConnectProvider", PermissionTable.Tagging(Prefix, "OpenIDConnectProviderArn")),
        KeyValuePair.Create("UntagOpenIDConnectProvider", PermissionTable.Untagging(Prefix, "OpenIDConnectProviderArn")),
    ];

    private static IEnumerable<Permission> OnRole(OperationCall call) =>
        [new Permission(call.ActionOf(Prefix), call.GlobalArn(Prefix, $"role{call.Find("Path") ?? "/"}{call.Text("RoleName")}"))
            .With("iam:PermissionsBoundary", call.Find("PermissionsBoundary"))];

    private static IEnumerable<Permission> OnRoleWithPolicy(OperationCall call) => [OnRole(call).Single().With("iam:PolicyARN", call.Find("PolicyArn"))];
}
