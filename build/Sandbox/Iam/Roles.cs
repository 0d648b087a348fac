using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Iam;

/// <summary>The roles that a call can name: those of its partition, by their names without regard to case.</summary>
internal sealed class Roles(IamStore store)
{
    public IEnumerable<Role> In(AwsCall call)
    {
        var partition = $"arn:{Partition.From(call.Region).Name}:";
        return store.Roles.Where(role => role.Arn.StartsWith(partition, StringComparison.Ordinal));
    }

    public bool IsTaken(AwsCall call, string name) => In(call).Any(role => role.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <exception cref="AwsError">NoSuchEntity.</exception>
    public Role Find(AwsCall call)
    {
        var name = call.Input.RequiredText("RoleName");
        return In(call).FirstOrDefault(role => role.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw IamErrors.NoRole(name);
    }

    /// <summary>A role that can be changed.</summary>
    /// <exception cref="AwsError">NoSuchEntity or UnmodifiableEntity.</exception>
    public Role FindOwn(AwsCall call) => Find(call) is var role && role.Name != TrainingRole.Name ? role : throw IamErrors.Protected(role.Name);

    /// <exception cref="AwsError">NoSuchEntity or UnmodifiableEntity.</exception>
    public JsonObject? Change(AwsCall call, Func<Role, Role> change)
    {
        store.Put(change(FindOwn(call)));
        return null;
    }
}
