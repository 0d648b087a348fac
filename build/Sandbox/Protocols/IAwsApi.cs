using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>A service that other parts of the sandbox call as its clients do, and that holds them to the same rules.</summary>
internal interface IAwsApi : IAwsService
{
    /// <exception cref="AwsError">The service has no such operation here, or refuses the request.</exception>
    Task<JsonObject?> CallAsync(string operation, AwsCall call);
}
