using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Events;

/// <summary>EventBridge's default event bus, AWS JSON 1.1.</summary>
internal sealed class EventsService(RuleOperations rules, TargetOperations targets, BusOperations bus) : IAwsApi
{
    private readonly AwsOperations _operations = AwsOperations.Join(new RequestGuard("events", "ValidationException"), rules, targets, bus);

    public string SigningName => "events";

    public Task HandleAsync(HttpContext context) => AwsJsonProtocol.AnswerAsync(context, "1.1", _operations);

    public Task<JsonObject?> CallAsync(string operation, AwsCall call) => _operations.CallAsync(operation, call);
}
