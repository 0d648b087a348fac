using System.Text.Json.Nodes;
using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using Amazon.CloudWatchLogs;
using Amazon.EC2;
using Amazon.IdentityManagement;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SageMaker;
using Amazon.SecurityToken;
using Amazon.ServiceQuotas;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Sandbox.CloudWatch;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.Alarms;

/// <summary>What the pipeline asks of CloudWatch goes to the sandbox's service, without a network between them.</summary>
internal sealed class HarnessClients(CloudWatchService service) : AmazonCloudWatchClient(new BasicAWSCredentials("sandbox", "sandbox"), Amazon.RegionEndpoint.USEast1), IAwsClients
{
    public IAmazonCloudWatch CloudWatch => this;

    public AwsConnection Connection => throw new NotSupportedException();

    public IAmazonS3 S3 => throw new NotSupportedException();

    public IAmazonS3 Uploads => S3;

    public IAmazonSageMaker SageMaker => throw new NotSupportedException();

    public IAmazonCloudWatchLogs Logs => throw new NotSupportedException();

    public IAmazonEC2 Ec2 => throw new NotSupportedException();

    public IAmazonSecurityTokenService SecurityToken => throw new NotSupportedException();

    public IAmazonServiceQuotas ServiceQuotas => throw new NotSupportedException();

    public IAmazonIdentityManagementService IdentityManagement => throw new NotSupportedException();

    public IAmazonKeyManagementService KeysIn(string region) => throw new NotSupportedException();

    public Task<CallerIdentity> CheckCredentialsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public override async Task<PutMetricDataResponse> PutMetricDataAsync(PutMetricDataRequest request, CancellationToken cancellationToken = default)
    {
        await service.CallAsync("PutMetricData", new JsonObject
        {
            ["Namespace"] = request.Namespace,
            ["MetricData"] = new JsonArray([.. request.MetricData.Select(datum => new JsonObject
            {
                ["MetricName"] = datum.MetricName,
                ["Value"] = datum.Value,
                ["Unit"] = datum.Unit.Value,
                ["Timestamp"] = new DateTimeOffset(datum.Timestamp!.Value).ToUnixTimeSeconds(),
                ["Dimensions"] = Json(datum.Dimensions),
            })]),
        }.ToJsonString());
        return new PutMetricDataResponse();
    }

    public override async Task<PutMetricAlarmResponse> PutMetricAlarmAsync(PutMetricAlarmRequest request, CancellationToken cancellationToken = default)
    {
        await service.CallAsync("PutMetricAlarm", new JsonObject
        {
            ["AlarmName"] = request.AlarmName,
            ["AlarmDescription"] = request.AlarmDescription,
            ["AlarmActions"] = new JsonArray([.. request.AlarmActions.Select(action => (JsonNode?)action)]),
            ["Namespace"] = request.Namespace,
            ["MetricName"] = request.MetricName,
            ["Dimensions"] = Json(request.Dimensions),
            ["Statistic"] = request.Statistic.Value,
            ["ComparisonOperator"] = request.ComparisonOperator.Value,
            ["Threshold"] = request.Threshold,
            ["Period"] = request.Period,
            ["EvaluationPeriods"] = request.EvaluationPeriods,
            ["DatapointsToAlarm"] = request.DatapointsToAlarm,
            ["TreatMissingData"] = request.TreatMissingData,
        }.ToJsonString());
        return new PutMetricAlarmResponse();
    }

    public override async Task<DeleteAlarmsResponse> DeleteAlarmsAsync(DeleteAlarmsRequest request, CancellationToken cancellationToken = default)
    {
        await service.CallAsync("DeleteAlarms", new JsonObject { ["AlarmNames"] = new JsonArray([.. request.AlarmNames.Select(name => (JsonNode?)name)]) }.ToJsonString());
        return new DeleteAlarmsResponse();
    }

    private static JsonArray Json(IEnumerable<Dimension> dimensions) =>
        [.. dimensions.Select(dimension => new JsonObject { ["Name"] = dimension.Name, ["Value"] = dimension.Value })];
}
