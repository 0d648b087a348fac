using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Iam;

/// <summary>The operations on a role's inline policies, and on what is attached to it.</summary>
internal sealed class RolePolicyOperations(IamStore store, Roles roles) : IAwsOperations
{
    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, Func<AwsCall, JsonObject?>>(StringComparer.Ordinal)
    {
        ["PutRolePolicy"] = Put,
        ["GetRolePolicy"] = Get,
        ["DeleteRolePolicy"] = Delete,
        ["ListRolePolicies"] = call => IamAnswer.Page(call, "PolicyNames", roles.Find(call).Inline.Keys.Order(StringComparer.Ordinal).Select(name => JsonValue.Create(name))),
        ["AttachRolePolicy"] = Attach,
        ["DetachRolePolicy"] = Detach,
        ["ListAttachedRolePolicies"] = ListAttached,
    }.ToDictionary(operation => operation.Key, operation => IamRules.Alone(store, operation.Value), StringComparer.Ordinal);

    private JsonObject? Put(AwsCall call) => roles.Change(call, role =>
    {
        var document = call.Input.RequiredText("PolicyDocument");
        PolicySyntax.CheckIdentityPolicy(document);
        var inline = role.Inline.ToDictionary(StringComparer.Ordinal);
        inline[call.Input.RequiredText("PolicyName")] = document;
        IamRules.CheckInlineSize(role.Name, inline.Values);
        return role with { Inline = inline };
    });

    private JsonObject Get(AwsCall call)
    {
        var (role, name) = (roles.Find(call), call.Input.RequiredText("PolicyName"));
        return new JsonObject
        {
            ["RoleName"] = role.Name,
            ["PolicyName"] = name,
            ["PolicyDocument"] = IamAnswer.Document(role.Inline.GetValueOrDefault(name) ?? throw NoInline(name)),
        };
    }

    private JsonObject? Delete(AwsCall call) => roles.Change(call, role =>
    {
        var inline = role.Inline.ToDictionary(StringComparer.Ordinal);
        return inline.Remove(call.Input.RequiredText("PolicyName")) ? role with { Inline = inline } : throw NoInline(call.Input.RequiredText("PolicyName"));
    });

    private JsonObject? Attach(AwsCall call) => roles.Change(call, role =>
    {
        var arn = call.Input.RequiredText("PolicyArn");
        AwsPolicies.Refuse(arn);
        if (store.FindPolicy(arn) is null)
        {
            throw IamErrors.NotAttachable($"Policy {arn}");
        }

        return role.Attached.Contains(arn) ? role
            : role.Attached.Count < IamRules.MostAttached ? role with { Attached = [.. role.Attached, arn] }
            : throw IamErrors.Limit($"Cannot exceed quota for PoliciesPerRole: {IamRules.MostAttached}");
    });

    private JsonObject? Detach(AwsCall call) => roles.Change(call, role =>
    {
        var arn = call.Input.RequiredText("PolicyArn");
        return role.Attached.Contains(arn)
            ? role with { Attached = [.. role.Attached.Where(attached => attached != arn)] }
            : throw IamErrors.NoSuchEntity($"Policy {arn} was not found.");
    });

    private JsonObject ListAttached(AwsCall call)
    {
        var attached = roles.Find(call).Attached.Select(arn => store.FindPolicy(arn)!)
            .Where(policy => policy.Path.StartsWith(call.Input.Text("PathPrefix") ?? "/", StringComparison.Ordinal))
            .Select(policy => new JsonObject { ["PolicyName"] = policy.Name, ["PolicyArn"] = policy.Arn });
        return IamAnswer.Page(call, "AttachedPolicies", attached);
    }

    private static AwsError NoInline(string name) => IamErrors.NoSuchEntity($"The role policy with name {name} cannot be found.");
}
