using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.CloudWatch.Alarms;
using BuildPipeline.Sandbox.CloudWatch.Dashboards;
using BuildPipeline.Sandbox.CloudWatch.Metrics;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch;

/// <summary>CloudWatch's metrics, alarms and dashboards, in AWS JSON 1.0 and Smithy RPC v2 CBOR.</summary>
internal sealed class CloudWatchService(MetricOperations metrics, AlarmOperations alarms, AlarmQueries queries, AlarmTags tags, DashboardOperations dashboards) : IAwsApi
{
    private readonly AwsOperations _operations = AwsOperations.Join(new RequestGuard("cloudwatch", "ValidationError"), metrics, alarms, queries, tags, dashboards);

    public string SigningName => "monitoring";

    public Task HandleAsync(HttpContext context) => CborProtocol.Speaks(context.Request)
        ? CborProtocol.AnswerAsync(context, _operations)
        : AwsJsonProtocol.AnswerAsync(context, "1.0", _operations);

    public Task<JsonObject?> CallAsync(string operation, AwsCall call) => _operations.CallAsync(operation, call);
}
