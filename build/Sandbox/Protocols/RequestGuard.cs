using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Models;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>Holds the requests of one service against its model, before the service sees them.</summary>
/// <param name="service">Name of the service's model.</param>
/// <param name="invalid">The service's error code for a violated constraint.</param>
/// <param name="unreadable">Its error code for a value of the wrong kind.</param>
internal sealed class RequestGuard(string service, string invalid, string unreadable = "SerializationException")
{
    /// <summary>Name of the service's model.</summary>
    public string Service => service;

    public ServiceModel Model { get; } = ServiceModels.All[service];

    /// <exception cref="AwsError">AWS would refuse the request, or the sandbox does not emulate a part of it: the message names the part.</exception>
    public void Check(string operation, JsonObject input)
    {
        if (RequestCheck.Check(Model, operation, input) is { } refusal)
        {
            throw new AwsError(400, refusal.Kind == RefusalKind.Unreadable ? unreadable : invalid, refusal.Message);
        }
    }
}
