using System.Text.Json.Nodes;
using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using Amazon.CloudWatchLogs.Model;
using Amazon.ServiceQuotas.Model;
using BuildPipeline.Pipeline.Tests.Aws;

namespace BuildPipeline.Pipeline.Tests.Packages;

public class ObservabilityWireTests
{
    private static readonly DateTime Midnight = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task Given_LogStream_When_Read_Then_MembersAreCamelCaseAndTimesMilliseconds()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, """
            {"events":[{"timestamp":1767225600250,"message":"step=1","ingestionTime":1767225601000}],"nextForwardToken":"f/1"}
            """));
        using var client = FakeClients.Logs(endpoint);

        var page = await client.GetLogEventsAsync(new GetLogEventsRequest
        {
            LogGroupName = "group", LogStreamName = "job/algo-1-0", StartFromHead = true,
        });

        var sent = endpoint.Only;
        Assert.Equal("Logs_20140328.GetLogEvents", sent.Target);
        Assert.Equal("eu-west-1/logs/aws4_request", sent.Scope);
        Assert.Equal(
            """{"logGroupName":"group","logStreamName":"job/algo-1-0","startFromHead":true}""", sent.Body);
        var line = Assert.Single(page.Events);
        Assert.Equal(Midnight.AddMilliseconds(250), line.Timestamp);
        Assert.Equal("step=1", line.Message);
        Assert.Equal("f/1", page.NextForwardToken);
    }

    [Fact]
    public async Task Given_FilteredEvents_When_Read_Then_TheMessageIsThere()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, """{"events":[{"timestamp":1767225600250,"message":"m"}]}"""));
        using var client = FakeClients.Logs(endpoint);

        var page = await client.FilterLogEventsAsync(new FilterLogEventsRequest { LogGroupName = "group" });

        Assert.Equal("""{"logGroupName":"group"}""", endpoint.Only.Body);
        Assert.Equal("m", Assert.Single(page.Events).Message);
    }

    [Fact]
    public async Task Given_MetricQuery_When_Sent_Then_ItIsJson10ForTheMonitoringService()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, """
            {"MetricDataResults":[{"Id":"m","Timestamps":[1767225600],"Values":[2.5],"StatusCode":"Complete"}]}
            """));
        using var client = FakeClients.CloudWatch(endpoint);

        var response = await client.GetMetricDataAsync(new GetMetricDataRequest
        {
            StartTime = Midnight, ScanBy = ScanBy.TimestampDescending, EndTime = Midnight.AddMinutes(1), MetricDataQueries = [LossQuery()],
        });

        var sent = endpoint.Only;
        Assert.Equal("GraniteServiceVersion20100801.GetMetricData", sent.Target);
        Assert.Equal("application/x-amz-json-1.0", sent.ContentType);
        Assert.Equal("eu-west-1/monitoring/aws4_request", sent.Scope);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(LossQueryJson), sent.Json), sent.Body);
        var result = Assert.Single(response.MetricDataResults);
        Assert.Equal("m", result.Id);
        Assert.Equal([2.5], result.Values);
    }

    [Fact]
    public async Task Given_AMetric_When_Published_Then_TheServiceGetsItsTimeInSecondsAndAnswersNothing()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, ""));
        using var client = FakeClients.CloudWatch(endpoint);

        await client.PutMetricDataAsync(new PutMetricDataRequest
        {
            Namespace = "N",
            MetricData = [new() { MetricName = "Step", Value = 7, Unit = StandardUnit.FindValue("Count"), Timestamp = Midnight, Dimensions = [new() { Name = "Run", Value = "r" }] }],
        });

        Assert.Equal("GraniteServiceVersion20100801.PutMetricData", endpoint.Only.Target);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"Namespace":"N","MetricData":[{"MetricName":"Step","Dimensions":[{"Name":"Run","Value":"r"}],"Timestamp":1767225600,"Value":7,"Unit":"Count"}]}"""),
            endpoint.Only.Json), endpoint.Only.Body);
    }

    [Fact]
    public async Task Given_AlarmsThatDoNotExist_When_Deleted_Then_TheErrorSaysSo()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(404, """{"__type":"com.amazonaws.cloudwatch#ResourceNotFound","message":"Unknown"}"""));
        using var client = FakeClients.CloudWatch(endpoint);

        var error = await Assert.ThrowsAnyAsync<AmazonCloudWatchException>(() => client.DeleteAlarmsAsync(new DeleteAlarmsRequest { AlarmNames = ["a"] }));

        Assert.Equal("""{"AlarmNames":["a"]}""", endpoint.Only.Body);
        Assert.Equal(BuildPipeline.Aws.AwsErrorKind.NotFound, BuildPipeline.Aws.AwsErrors.Classify(error));
    }

    [Fact]
    public async Task Given_Quotas_When_Listed_Then_NameAndValueAreRead()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, """
            {"Quotas":[{"QuotaCode":"L-1","QuotaName":"ml.g5.xlarge for spot training job usage","Value":8.0,"Adjustable":true}]}
            """));
        using var client = FakeClients.Quotas(endpoint);

        var response = await client.ListServiceQuotasAsync(new ListServiceQuotasRequest { ServiceCode = "sagemaker" });

        Assert.Equal("ServiceQuotasV20190624.ListServiceQuotas", endpoint.Only.Target);
        Assert.Equal("eu-west-1/servicequotas/aws4_request", endpoint.Only.Scope);
        var quota = Assert.Single(response.Quotas);
        Assert.Equal(("ml.g5.xlarge for spot training job usage", 8.0), (quota.QuotaName, quota.Value));
    }

    private const string LossQueryJson = """
        {"MetricDataQueries":[{"Id":"m","MetricStat":{"Metric":{"Namespace":"/aws/sagemaker/TrainingJobs","MetricName":"train:loss",
          "Dimensions":[{"Name":"TrainingJobName","Value":"job"}]},"Period":60,"Stat":"Average"}}],
         "StartTime":1767225600,"EndTime":1767225660,"ScanBy":"TimestampDescending"}
        """;

    private static MetricDataQuery LossQuery() => new()
    {
        Id = "m",
        MetricStat = new()
        {
            Period = 60,
            Stat = "Average",
            Metric = new()
            {
                Namespace = "/aws/sagemaker/TrainingJobs",
                MetricName = "train:loss",
                Dimensions = [new() { Name = "TrainingJobName", Value = "job" }],
            },
        },
    };
}
