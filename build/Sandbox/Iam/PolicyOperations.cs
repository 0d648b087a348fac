using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Iam;

/// <summary>The operations on managed policies and their tags.</summary>
internal sealed class PolicyOperations(IamStore store, SandboxSettings settings, TimeProvider time) : IAwsOperations
{
    private const string AsBoundary = "PermissionsBoundary";
    private const string AsPermissions = "PermissionsPolicy";

    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, Func<AwsCall, JsonObject?>>(StringComparer.Ordinal)
    {
        ["CreatePolicy"] = Create,
        ["GetPolicy"] = call => new JsonObject { ["Policy"] = Describe(Find(store, call)) },
        ["DeletePolicy"] = Delete,
        ["ListPolicies"] = List,
        ["ListEntitiesForPolicy"] = ListEntities,
        ["TagPolicy"] = call => Change(call, policy => policy with { Tags = IamRules.Tags.With(policy.Tags, call.Input.Objects("Tags")) }),
        ["UntagPolicy"] = call => Change(call, policy => policy with { Tags = TagRules.Without(policy.Tags, call.Input.Texts("TagKeys")) }),
        ["ListPolicyTags"] = call => IamAnswer.Tags(call, Find(store, call).Tags),
    }.ToDictionary(operation => operation.Key, operation => IamRules.Alone(store, operation.Value), StringComparer.Ordinal);

    /// <summary>The policy that a call names.</summary>
    /// <exception cref="AwsError">NoSuchEntity, or AWS manages it.</exception>
    public static ManagedPolicy Find(IamStore store, AwsCall call)
    {
        var arn = call.Input.RequiredText("PolicyArn");
        AwsPolicies.Refuse(arn);
        return store.FindPolicy(arn) ?? throw IamErrors.NoPolicy(arn);
    }

    private JsonObject Create(AwsCall call)
    {
        var (name, path, document) = (call.Input.RequiredText("PolicyName"), call.Input.Text("Path") ?? "/", call.Input.RequiredText("PolicyDocument"));
        if (In(call).Any(policy => policy.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw IamErrors.Exists($"A policy called {name} already exists. Duplicate names are not allowed.");
        }

        PolicySyntax.CheckIdentityPolicy(document);
        IamRules.CheckManagedSize(document);
        var now = IamRules.Now(time);
        var policy = new ManagedPolicy(
            name, path, IamRules.Arn(settings, call, $"policy{path}{name}"), IamRules.NewId("ANPA"), now, [new PolicyVersion("v1", document, now)], "v1")
        {
            Description = call.Input.Text("Description"),
            Tags = IamRules.Tags.With(new Dictionary<string, string>(), call.Input.Objects("Tags")),
        };
        store.Put(policy);
        return new JsonObject { ["Policy"] = Describe(policy) };
    }

    private JsonObject? Delete(AwsCall call)
    {
        var policy = Find(store, call);
        if (Users(policy, null).Any())
        {
            throw IamErrors.Conflict("Cannot delete a policy attached to entities.");
        }

        if (policy.Versions.Count > 1)
        {
            throw IamErrors.Conflict(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.");
        }

        store.Remove(policy);
        return null;
    }

    /// <remarks>The scope AWS has no policies here.</remarks>
    private JsonObject List(AwsCall call)
    {
        var (path, usage) = (call.Input.Text("PathPrefix") ?? "/", call.Input.Text("PolicyUsageFilter"));
        var mustBeUsed = call.Input.Flag("OnlyAttached") || usage is not null;
        return IamAnswer.Page(call, "Policies", In(call)
            .Where(policy => call.Input.Text("Scope") != "AWS" && policy.Path.StartsWith(path, StringComparison.Ordinal) && (!mustBeUsed || Users(policy, usage).Any()))
            .Select(Listed));
    }

    private JsonObject ListEntities(AwsCall call)
    {
        var (policy, path) = (Find(store, call), call.Input.Text("PathPrefix") ?? "/");
        var users = call.Input.Text("EntityFilter") is null or "Role" ? Users(policy, call.Input.Text("PolicyUsageFilter")) : [];
        var answer = IamAnswer.Page(call, "PolicyRoles", users.Where(role => role.Path.StartsWith(path, StringComparison.Ordinal))
            .Select(role => new JsonObject { ["RoleName"] = role.Name, ["RoleId"] = role.Id }));
        answer["PolicyGroups"] = new JsonArray();
        answer["PolicyUsers"] = new JsonArray();
        return answer;
    }

    private JsonObject? Change(AwsCall call, Func<ManagedPolicy, ManagedPolicy> change)
    {
        store.Put(change(Find(store, call)));
        return null;
    }

    private IEnumerable<ManagedPolicy> In(AwsCall call)
    {
        var prefix = IamRules.Arn(settings, call, "policy/");
        return store.Policies.Where(policy => policy.Arn.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <param name="usage">What they use it as; null for either.</param>
    private IEnumerable<Role> Users(ManagedPolicy policy, string? usage) => store.Roles.Where(role =>
        (usage != AsBoundary && role.Attached.Contains(policy.Arn)) || (usage != AsPermissions && role.Boundary == policy.Arn));

    private JsonObject Describe(ManagedPolicy policy)
    {
        var description = Listed(policy);
        if (policy.Description is { } text)
        {
            description["Description"] = text;
        }

        description["Tags"] = TagRules.Describe(policy.Tags);
        return description;
    }

    /// <summary>A policy as lists have it: without description and tags.</summary>
    private JsonObject Listed(ManagedPolicy policy) => new()
    {
        ["PolicyName"] = policy.Name,
        ["PolicyId"] = policy.Id,
        ["Arn"] = policy.Arn,
        ["Path"] = policy.Path,
        ["DefaultVersionId"] = policy.DefaultVersion,
        ["AttachmentCount"] = Users(policy, AsPermissions).Count(),
        ["PermissionsBoundaryUsageCount"] = Users(policy, AsBoundary).Count(),
        ["IsAttachable"] = true,
        ["CreateDate"] = IamAnswer.Time(policy.Created),
        ["UpdateDate"] = IamAnswer.Time(policy.Updated),
    };
}
