using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>The operations of one service: none runs before the guard let its request pass.</summary>
internal sealed class AwsOperations(RequestGuard guard, IReadOnlyDictionary<string, AwsOperation> operations)
{
    public IEnumerable<string> Names => operations.Keys;

    /// <exception cref="AwsError">The service has no such operation here, or refuses the request.</exception>
    public Task<JsonObject?> CallAsync(string name, AwsCall call)
    {
        if (!operations.TryGetValue(name, out var operation))
        {
            throw new AwsError(
                400, "UnknownOperationException", $"The sandbox has no operation '{name}', it has {string.Join(", ", Names)}.");
        }

        guard.Check(name, call.Input);
        return operation(call);
    }
}
