using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Iam;

/// <summary>The operations on the versions of managed policies.</summary>
internal sealed class PolicyVersionOperations(IamStore store, TimeProvider time) : IAwsOperations
{
    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, Func<AwsCall, JsonObject?>>(StringComparer.Ordinal)
    {
        ["CreatePolicyVersion"] = Create,
        ["GetPolicyVersion"] = Get,
        ["DeletePolicyVersion"] = Delete,
        ["ListPolicyVersions"] = List,
        ["SetDefaultPolicyVersion"] = SetDefault,
    }.ToDictionary(operation => operation.Key, operation => IamRules.Alone(store, operation.Value), StringComparer.Ordinal);

    private JsonObject Create(AwsCall call)
    {
        var (policy, document) = (PolicyOperations.Find(store, call), call.Input.RequiredText("PolicyDocument"));
        PolicySyntax.CheckIdentityPolicy(document);
        IamRules.CheckManagedSize(document);
        if (policy.Versions.Count == IamRules.MostVersions)
        {
            throw IamErrors.Limit(
                $"A managed policy can have up to {IamRules.MostVersions} versions. Before you create a new version, you must delete an existing version.");
        }

        var now = IamRules.Now(time);
        var version = new PolicyVersion($"v{policy.LastVersion + 1}", document, now);
        var changed = policy with
        {
            Versions = [.. policy.Versions, version],
            LastVersion = policy.LastVersion + 1,
            Updated = now,
            DefaultVersion = call.Input.Flag("SetAsDefault") ? version.Id : policy.DefaultVersion,
        };
        store.Put(changed);
        return new JsonObject { ["PolicyVersion"] = Listed(changed, version) };
    }

    private JsonObject Get(AwsCall call)
    {
        var policy = PolicyOperations.Find(store, call);
        var version = Find(policy, call);
        var description = Listed(policy, version);
        description["Document"] = IamAnswer.Document(version.Document);
        return new JsonObject { ["PolicyVersion"] = description };
    }

    private JsonObject? Delete(AwsCall call)
    {
        var policy = PolicyOperations.Find(store, call);
        var version = Find(policy, call);
        if (version.Id == policy.DefaultVersion)
        {
            throw IamErrors.Conflict("Cannot delete the default version of a policy.");
        }

        store.Put(policy with { Versions = [.. policy.Versions.Where(other => other.Id != version.Id)] });
        return null;
    }

    private JsonObject List(AwsCall call)
    {
        var policy = PolicyOperations.Find(store, call);
        return IamAnswer.Page(call, "Versions", policy.Versions.Reverse().Select(version => Listed(policy, version)));
    }

    private JsonObject? SetDefault(AwsCall call)
    {
        var policy = PolicyOperations.Find(store, call);
        store.Put(policy with { DefaultVersion = Find(policy, call).Id });
        return null;
    }

    private static PolicyVersion Find(ManagedPolicy policy, AwsCall call) =>
        policy.Versions.FirstOrDefault(version => version.Id == call.Input.RequiredText("VersionId"))
        ?? throw IamErrors.NotAttachable($"Policy {policy.Arn} version {call.Input.RequiredText("VersionId")}");

    private static JsonObject Listed(ManagedPolicy policy, PolicyVersion version) => new()
    {
        ["VersionId"] = version.Id,
        ["IsDefaultVersion"] = version.Id == policy.DefaultVersion,
        ["CreateDate"] = IamAnswer.Time(version.Created),
    };
}
