using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>The operations of one service: none runs before the guard let its request pass, and the policies its caller.</summary>
internal sealed partial class AwsOperations(RequestGuard guard, IReadOnlyDictionary<string, AwsOperation> operations)
{
    public IEnumerable<string> Names => operations.Keys;

    /// <summary>All operations of a service.</summary>
    public static AwsOperations Join(RequestGuard guard, params IEnumerable<IAwsOperations> groups) =>
        new(guard, groups.SelectMany(group => group.Operations).ToDictionary(StringComparer.Ordinal));

    /// <summary>An operation that waits for nothing.</summary>
    public static AwsOperation Of(Func<AwsCall, JsonObject?> answer) => call => Task.FromResult(answer(call));

    /// <exception cref="AwsError">The service has no such operation here, or refuses the request.</exception>
    public Task<JsonObject?> CallAsync(string name, AwsCall call)
    {
        if (!operations.TryGetValue(name, out var operation))
        {
            throw new AwsError(
                400, "UnknownOperationException", $"The sandbox has no operation '{name}', it has {string.Join(", ", Names)}.");
        }

        // Regions have separate state, under their names.
        if (!RegionName().IsMatch(call.Region))
        {
            throw new AwsError(403, "InvalidSignatureException", $"Credential should be scoped to a valid region, but is to '{call.Region}'.");
        }

        guard.Check(name, call.Input);
        call.Authorize(guard.Service, name);
        return operation(call);
    }

    [GeneratedRegex(@"^[a-z]{2}(-[a-z]+)+-\d{1,2}\z")]
    private static partial Regex RegionName();
}
