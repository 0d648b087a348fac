using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Iam;

/// <summary>The operations on roles, their trust policies, boundaries and tags.</summary>
internal sealed class RoleOperations(IamStore store, Roles roles, TrustPolicies trust, SandboxSettings settings, TimeProvider time) : IAwsOperations
{
    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, Func<AwsCall, JsonObject?>>(StringComparer.Ordinal)
    {
        ["CreateRole"] = Create,
        ["GetRole"] = call => new JsonObject { ["Role"] = Describe(roles.Find(call)) },
        ["UpdateRole"] = Update,
        ["UpdateRoleDescription"] = UpdateDescription,
        ["UpdateAssumeRolePolicy"] = UpdateTrust,
        ["DeleteRole"] = Delete,
        ["ListRoles"] = List,
        ["TagRole"] = call => roles.Change(call, role => role with { Tags = IamRules.Tags.With(role.Tags, call.Input.Objects("Tags")) }),
        ["UntagRole"] = call => roles.Change(call, role => role with { Tags = TagRules.Without(role.Tags, call.Input.Texts("TagKeys")) }),
        ["ListRoleTags"] = call => IamAnswer.Tags(call, roles.Find(call).Tags),
        ["PutRolePermissionsBoundary"] = call => roles.Change(call, role => role with { Boundary = Boundary(call) }),
        ["DeleteRolePermissionsBoundary"] = DeleteBoundary,

        ["ListInstanceProfilesForRole"] = ListInstanceProfiles,
    }.ToDictionary(operation => operation.Key, operation => IamRules.Alone(store, operation.Value), StringComparer.Ordinal);

    private JsonObject Create(AwsCall call)
    {
        var (name, path, document) = (call.Input.RequiredText("RoleName"), call.Input.Text("Path") ?? "/", call.Input.RequiredText("AssumeRolePolicyDocument"));
        if (roles.IsTaken(call, name))
        {
            throw IamErrors.Exists($"Role with name {name} already exists.");
        }

        trust.Check(document);
        var role = new Role(name, path, IamRules.Arn(settings, call, $"role{path}{name}"), IamRules.NewId("AROA"), IamRules.Now(time), document)
        {
            Description = call.Input.Text("Description"),
            MaxSessionSeconds = call.Input.Integer("MaxSessionDuration") ?? 3600,
            Boundary = call.Input.ContainsKey("PermissionsBoundary") ? Boundary(call) : null,
            Tags = IamRules.Tags.With(new Dictionary<string, string>(), call.Input.Objects("Tags")),
        };
        store.Put(role);
        return new JsonObject { ["Role"] = Describe(role) };
    }

    private JsonObject? Update(AwsCall call)
    {
        roles.Change(call, role => role with
        {
            Description = call.Input.Text("Description") ?? role.Description,
            MaxSessionSeconds = call.Input.Integer("MaxSessionDuration") ?? role.MaxSessionSeconds,
        });
        return [];
    }

    private JsonObject UpdateDescription(AwsCall call)
    {
        roles.Change(call, role => role with { Description = call.Input.RequiredText("Description") });
        return new JsonObject { ["Role"] = Describe(roles.Find(call)) };
    }

    private JsonObject? UpdateTrust(AwsCall call) => roles.Change(call, role =>
    {
        trust.Check(call.Input.RequiredText("PolicyDocument"));
        return role with { TrustPolicy = call.Input.RequiredText("PolicyDocument") };
    });

    private JsonObject? Delete(AwsCall call)
    {
        var role = roles.FindOwn(call);
        if (role.Attached.Count > 0 || role.Inline.Count > 0)
        {
            throw IamErrors.Conflict($"Cannot delete entity, must {(role.Attached.Count > 0 ? "detach all" : "delete")} policies first.");
        }

        store.Remove(role);
        return null;
    }

    private JsonObject List(AwsCall call) => IamAnswer.Page(
        call, "Roles", roles.In(call).Where(role => role.Path.StartsWith(call.Input.Text("PathPrefix") ?? "/", StringComparison.Ordinal)).Select(Listed));

    /// <summary>Instances have profiles, and there are no instances here.</summary>
    private JsonObject ListInstanceProfiles(AwsCall call)
    {
        roles.Find(call);
        return IamAnswer.Page(call, "InstanceProfiles", []);
    }

    private JsonObject? DeleteBoundary(AwsCall call) => roles.Change(call, role =>
        role.Boundary is null ? throw IamErrors.NoSuchEntity($"Role {role.Name} does not have a permissions boundary.") : role with { Boundary = null });

    private string Boundary(AwsCall call)
    {
        var arn = call.Input.RequiredText("PermissionsBoundary");
        AwsPolicies.Refuse(arn);
        return store.FindPolicy(arn)?.Arn ?? throw IamErrors.NotAttachable($"Scope ARN: {arn}");
    }

    private static JsonObject Describe(Role role)
    {
        var description = Listed(role);
        if (role.Boundary is { } boundary)
        {
            description["PermissionsBoundary"] = new JsonObject { ["PermissionsBoundaryType"] = "Policy", ["PermissionsBoundaryArn"] = boundary };
        }

        if (role.Tags.Count > 0)
        {
            description["Tags"] = TagRules.Describe(role.Tags);
        }

        description["RoleLastUsed"] = new JsonObject();
        return description;
    }

    /// <summary>A role as lists have it: without tags and boundary.</summary>
    private static JsonObject Listed(Role role)
    {
        var description = new JsonObject
        {
            ["Path"] = role.Path,
            ["RoleName"] = role.Name,
            ["RoleId"] = role.Id,
            ["Arn"] = role.Arn,
            ["CreateDate"] = IamAnswer.Time(role.Created),
            ["AssumeRolePolicyDocument"] = IamAnswer.Document(role.TrustPolicy),
            ["MaxSessionDuration"] = role.MaxSessionSeconds,
        };
        if (role.Description is { } text)
        {
            description["Description"] = text;
        }

        return description;
    }
}
