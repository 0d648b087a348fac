using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Logs;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>The services of the sandbox in which resources become real.</summary>
internal sealed class AccountServices(ObjectStore objects, PerRegion<LogStore> logs, IEnumerable<IAwsService> services, SandboxSettings settings)
{
    public ObjectStore Objects => objects;

    /// <summary>The log groups of a region.</summary>
    public LogStore LogsIn(string region) => logs.In(region);

    /// <summary>Calls an operation of a service, under the rules that hold for every client.</summary>
    /// <param name="service">The service's signing name.</param>
    /// <exception cref="AwsError">The service refuses it.</exception>
    public async Task<JsonObject> CallAsync(string service, string operation, JsonObject input, string region)
    {
        var call = new AwsCall(OverTheWire(input), region, Caller.UserOf(settings.AccountId));
        var answer = await services.OfType<IAwsApi>().Single(api => api.SigningName == service).CallAsync(operation, call);
        return answer is null ? [] : OverTheWire(answer);
    }

    // A number that is read is not of the kind that was written.
    private static JsonObject OverTheWire(JsonObject document) => JsonNode.Parse(document.ToJsonString())!.AsObject();
}
