using BuildPipeline.Sandbox.Authorization;
using static BuildPipeline.Sandbox.Terraform.Permissions.ResourceCalls;

namespace BuildPipeline.Sandbox.Terraform.Permissions;

/// <summary>Roles, their policies, and keys.</summary>
internal static class IdentityCalls
{
    private const string Boundary = "permissions_boundary";

    private static readonly (string Member, string Action)[] RoleChanges =
    [
        ("assume_role_policy", "iam:UpdateAssumeRolePolicy"), ("description", "iam:UpdateRoleDescription"), ("max_session_duration", "iam:UpdateRole"),
    ];

    private static readonly (string Member, string Action)[] KeyChanges =
        [("description", "kms:UpdateKeyDescription"), ("policy", "kms:PutKeyPolicy"), ("enable_key_rotation", "kms:EnableKeyRotation")];

    public static IReadOnlyDictionary<string, ResourceCalls> All { get; } = new Dictionary<string, ResourceCalls>(StringComparer.Ordinal)
    {
        ["aws_iam_role"] = new(
            CreateRole, On(Role("name"), "iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"), UpdateRole,
            On(Role("name"), "iam:DeleteRole", "iam:ListInstanceProfilesForRole")),
        ["aws_iam_role_policy"] = new(
            On(Role("role"), "iam:PutRolePolicy"), On(Role("role"), "iam:GetRolePolicy"), On(Role("role"), "iam:PutRolePolicy"),
            On(Role("role"), "iam:DeleteRolePolicy")),
        ["aws_kms_alias"] = new(OnAliasAndKey("kms:CreateAlias"), OnAll("kms:ListAliases"), OnAliasAndKey("kms:UpdateAlias"), OnAliasAndKey("kms:DeleteAlias")),
        ["aws_kms_key"] = new(
            CreateKey, On(Key, "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"), UpdateKey,
            On(Key, "kms:DescribeKey", "kms:ScheduleKeyDeletion")),
    };

    private static Func<ResourceRequest, string> Role(string member) => request => request.GlobalArn("iam", $"role{request.State.Text("path") ?? "/"}{request.Text(member)}");

    private static IEnumerable<Permission> CreateRole(ResourceRequest request) =>
        request.Created(new Permission("iam:CreateRole", Role("name")(request)).With("iam:PermissionsBoundary", BoundaryOf(request)), "iam:TagRole");

    private static IEnumerable<Permission> UpdateRole(ResourceRequest request)
    {
        var role = Role("name")(request);
        foreach (var (_, action) in RoleChanges.Where(change => request.Changes(change.Member)))
        {
            yield return new Permission(action, role);
        }

        if (request.Changes(Boundary))
        {
            yield return BoundaryOf(request) is { } boundary
                ? new Permission("iam:PutRolePermissionsBoundary", role).With("iam:PermissionsBoundary", boundary)
                : new Permission("iam:DeleteRolePermissionsBoundary", role);
        }

        foreach (var tag in request.Tagged(role, "iam:TagRole", "iam:UntagRole"))
        {
            yield return tag;
        }
    }

    private static string? BoundaryOf(ResourceRequest request) => request.State.Text(Boundary) is { Length: > 0 } boundary ? boundary : null;

    private static string Key(ResourceRequest request) => request.Arn("kms", $"key/{request.Text("key_id")}");

    private static CallsOf OnAliasAndKey(string action) => request =>
        [new Permission(action, request.Arn("kms", request.Text("name"))), new Permission(action, request.Text("target_key_arn"))];

    // KMS takes the request to create a key for one on all keys, and the request to tag it for one on the key.
    private static IEnumerable<Permission> CreateKey(ResourceRequest request)
    {
        var tags = ResourceRequest.TagsOf(request.State);
        yield return new Permission("kms:CreateKey", "*").WithTags(tags);
        if (tags.Count > 0)
        {
            yield return new Permission("kms:TagResource", request.Arn("kms", "key/*")).WithTags(tags);
        }

        if (request.State.IsTrue("enable_key_rotation"))
        {
            yield return request.OnNew("kms:EnableKeyRotation", request.Arn("kms", "key/*"));
        }
    }

    private static IEnumerable<Permission> UpdateKey(ResourceRequest request) => KeyChanges
        .Where(change => request.Changes(change.Member))
        .Select(change => change.Action == "kms:EnableKeyRotation" && !request.State.IsTrue(change.Member) ? "kms:DisableKeyRotation" : change.Action)
        .Select(action => new Permission(action, Key(request)))
        .Concat(request.Tagged(Key(request), "kms:TagResource", "kms:UntagResource"));
}
