using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using BuildPipeline.Jobs;
using BuildPipeline.Observability;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Prices;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Observability;

/// <summary>What goes to CloudWatch, and what is made of what comes back.</summary>
public sealed class ObservabilityTests
{
    private static readonly ObservedRun Run = new("demo-sandbox", "research", TestRuns.RunId);
    private static readonly AlarmSpec Settings = new() { TopicArn = "arn:aws:sns:us-east-1:000000000000:demo-sandbox-alarms", HeartbeatMinutes = 5, DetachedHours = 24 };

    private readonly BuildPipeline.Aws.IAwsClients _clients = TestRuns.Clients();

    private IAmazonCloudWatch CloudWatch => _clients.CloudWatch;

    [Fact]
    public async Task Given_AllMetrics_When_Published_Then_OneRequestHasThemOfTheRunAndOfTheEnvironmentAndAsManyAsArePriced()
    {
        PutMetricDataRequest? sent = null;
        await CloudWatch.PutMetricDataAsync(Arg.Do<PutMetricDataRequest>(request => sent = request), Arg.Any<CancellationToken>());

        await new MetricPublisher(_clients).PublishAsync(Run, [.. RunMetric.Names.Select(name => new RunMetric(name, 1, "Count"))], TestRuns.Start, default);

        var published = sent!.MetricData.GroupBy(datum => string.Join(",", datum.Dimensions.Select(dimension => $"{dimension.Name}={dimension.Value}"))).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(new Dictionary<string, int> { ["Environment=demo-sandbox,Team=research"] = 9, [$"Environment=demo-sandbox,Team=research,Run={TestRuns.RunId}"] = 9 }, published);
        Assert.Equal(new PriceBook().Snapshot("us-east-1")["metrics of a run"].Value, sent.MetricData.Count);
        Assert.Equal("TrainingPipeline", sent.Namespace);
    }

    [Fact]
    public async Task Given_ARun_When_ItsAlarmIsSet_Then_AMissingHeartbeatBreachesAndTheMessageSaysWhatToDo()
    {
        PutMetricAlarmRequest? sent = null;
        await CloudWatch.PutMetricAlarmAsync(Arg.Do<PutMetricAlarmRequest>(request => sent = request), Arg.Any<CancellationToken>());

        await new RunAlarms(_clients).SetAsync(HeartbeatAlarm.Followed(Run, Settings, "./build.sh --target=Launch")!, Run, Settings.TopicArn, default);

        Assert.Equal(($"demo-sandbox-{TestRuns.RunId}-heartbeat", "breaching", 60, 5, 5), (sent!.AlarmName, sent.TreatMissingData, sent.Period, sent.EvaluationPeriods, sent.DatapointsToAlarm));
        Assert.Equal(("Heartbeat", "Run", Settings.TopicArn), (sent.MetricName, sent.Dimensions[2].Name, sent.AlarmActions.Single()));
        Assert.EndsWith("./build.sh --target=Launch", sent.AlarmDescription, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, 24, 5, 24 * 60)]
    [InlineData(0, 24, null, 24 * 60)]
    [InlineData(5, 0, 5, null)]
    public void Given_TheSettings_When_ARunIsFollowedOrLeft_Then_ItsAlarmWaitsAsLongAsTheySay(int minutes, int hours, int? followed, int? left)
    {
        var settings = Settings with { HeartbeatMinutes = minutes, DetachedHours = hours };

        Assert.Equal(followed, Minutes(HeartbeatAlarm.Followed(Run, settings, "")));
        Assert.Equal(left, Minutes(HeartbeatAlarm.Detached(Run, settings, "")));
    }

    // An alarm may be described in 1,024 characters, and a name have 255.
    [Fact]
    public void Given_TheLongestNames_When_AnAlarmIsMade_Then_CloudWatchTakesIt()
    {
        var longest = Run with { Environment = new string('e', 36) };
        var command = $"./build.sh --target=Launch --run={TestRuns.RunId} {new string('-', 200)}";

        Assert.All(
            [HeartbeatAlarm.Followed(longest, Settings, command), HeartbeatAlarm.Detached(longest, Settings, command)],
            alarm => Assert.True(alarm!.Description.Length <= 1024 && alarm.Name.Length <= 255));
    }

    [Theory]
    [InlineData("demo-sandbox-20260102-030405-ab12-heartbeat", true)]
    [InlineData("demo-sandbox-2-20260102-030405-ab12-heartbeat", false)]
    [InlineData("demo-sandbox-spend", false)]
    [InlineData("other-20260102-030405-ab12-heartbeat", false)]
    public async Task Given_AlarmsOfAnAccount_When_TheRunsAreLookedFor_Then_OnlyTheirsAreFound(string name, bool found)
    {
        CloudWatch.DescribeAlarmsAsync(default!, default).ReturnsForAnyArgs(
            call => call.Arg<DescribeAlarmsRequest>().NextToken is null ? new DescribeAlarmsResponse { NextToken = "2" } : new DescribeAlarmsResponse { MetricAlarms = [new MetricAlarm { AlarmName = name }] });

        Assert.Equal(found ? [name] : [], await new RunAlarms(_clients).FindAsync("demo-sandbox", default));
    }

    [Fact]
    public async Task Given_AnAlarmThatIsGone_When_Deleted_Then_ItIsFine()
    {
        CloudWatch.DeleteAlarmsAsync(default!, default).ReturnsForAnyArgs<DeleteAlarmsResponse>(
            _ => throw new AmazonCloudWatchException("Unknown", null, Amazon.Runtime.ErrorType.Sender, "ResourceNotFound", "request", System.Net.HttpStatusCode.NotFound));

        await new RunAlarms(_clients).DeleteAsync(["a"], default);

        await CloudWatch.ReceivedWithAnyArgs(1).DeleteAlarmsAsync(default!, default);
    }

    [Fact]
    public async Task Given_NodesOfFourGpus_When_Read_Then_TheirUseIsAShareOfAllFour()
    {
        Answer(("algo-1", "GPUUtilization", 360), ("algo-1", "GPUMemoryUtilization", 200), ("algo-1", "MemoryUtilization", 30), ("algo-2", "GPUUtilization", 40));

        var nodes = await new UtilizationReader(_clients, new PriceBook()).ReadAsync("job", "ml.g5.12xlarge", 3, TestRuns.Start, default);

        Assert.Equal([new NodeUtilization("algo-1", 90, 50, 30), new NodeUtilization("algo-2", 10, null, null)], nodes);
        Assert.Equal("GPU 50% (least algo-2 10%), GPU memory 50%, memory 30%", NodeUtilization.Describe(nodes));
        Assert.Equal(50, NodeUtilization.MeanGpu(nodes));
    }

    [Fact]
    public async Task Given_NodesWithoutGpus_When_Read_Then_OnlyTheirMemoryIsAskedFor()
    {
        Answer(("algo-1", "MemoryUtilization", 12));

        var nodes = await new UtilizationReader(_clients, new PriceBook()).ReadAsync("job", "ml.m5.large", 1, TestRuns.Start, default);

        Assert.Equal("memory 12%", NodeUtilization.Describe(nodes));
        await CloudWatch.Received(1).GetMetricDataAsync(Arg.Is<GetMetricDataRequest>(request => request.MetricDataQueries.Count == 1), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Given_NoMetricsYet_When_Read_Then_NothingIsSaid()
    {
        Answer();

        Assert.Equal("", NodeUtilization.Describe(await new UtilizationReader(_clients, new PriceBook()).ReadAsync("job", "ml.g5.xlarge", 2, TestRuns.Start, default)));
    }

    private static int? Minutes(HeartbeatAlarm? alarm) => alarm?.Period * alarm?.Periods / 60;

    private void Answer(params (string Host, string Metric, double Value)[] known) => CloudWatch.GetMetricDataAsync(default!, default).ReturnsForAnyArgs(call => new GetMetricDataResponse
    {
        MetricDataResults =
        [
            .. from query in call.Arg<GetMetricDataRequest>().MetricDataQueries
               let metric = query.MetricStat.Metric
               select new MetricDataResult
               {
                   Id = query.Id,
                   Values = [.. known.Where(value => $"job/{value.Host}" == metric.Dimensions[0].Value && value.Metric == metric.MetricName).Select(value => value.Value)],
               },
        ],
    });
}
