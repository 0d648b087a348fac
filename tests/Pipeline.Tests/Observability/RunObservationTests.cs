using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using BuildPipeline.Jobs;
using BuildPipeline.Pipeline.Tests.Tasks;
using BuildPipeline.Training;
using NSubstitute;
using NSubstitute.Extensions;

namespace BuildPipeline.Pipeline.Tests.Observability;

/// <summary>What a launch does for the alarms of its run, however it ends.</summary>
public sealed class RunObservationTests
{
    private readonly List<string> _calls = [];

    [Fact]
    public async Task Given_ALaunchThatFollowsToTheEnd_When_ItEnds_Then_TheAlarmWasSetFirstAndIsGone()
    {
        using var flow = await WatchedAsync();

        await flow.Observation.DuringAsync(async () =>
        {
            _calls.Add("launch");
            await EndJobAsync(flow);
        }, default);

        Assert.Equal(["publish", "set 60 x 5", "launch", "delete"], _calls);
        Assert.Equal(["alarm.set", "alarm.deleted"], (await flow.EventsAsync()).Where(kind => kind.StartsWith("alarm.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Given_ALaunchThatLeavesTheJobOnPurpose_When_ItEnds_Then_TheAlarmWaitsForLonger()
    {
        using var flow = await WatchedAsync();

        var left = await Assert.ThrowsAsync<PipelineException>(() => flow.Observation.DuringAsync(() => throw new PipelineException(TrainingErrors.StillRunning, "left"), default));

        Assert.Equal(TrainingErrors.StillRunning, left.Code);
        Assert.Equal(["publish", "set 60 x 5", "set 3600 x 24"], _calls);
    }

    [Fact]
    public async Task Given_ALaunchThatLosesTheJob_When_ItEnds_Then_TheAlarmStaysAndWillGoOff()
    {
        using var flow = await WatchedAsync();

        await Assert.ThrowsAsync<PipelineException>(() => flow.Observation.DuringAsync(() => throw new PipelineException(TrainingErrors.NoContact, "lost"), default));

        Assert.Equal(["publish", "set 60 x 5"], _calls);
    }

    [Fact]
    public async Task Given_ARunThatIsFollowed_When_MinutesPass_Then_EachPublishesOnceWithTheNewestLook()
    {
        using var flow = await WatchedAsync();

        await flow.Observation.DuringAsync(async () =>
        {
            for (var minute = 1; minute <= 3; minute++)
            {
                flow.Time.Advance(flow.Account.PollingOptions.Metrics);
                for (var tries = 0; _calls.Count(call => call == "publish") <= minute && tries < 1000; tries++)
                {
                    await Task.Yield();
                }
            }
        }, default);

        Assert.Equal(4, _calls.Count(call => call == "publish"));
    }

    [Fact]
    public async Task Given_CredentialsThatMayDoNothing_When_Launched_Then_TheRunIsNotAffectedAndEachIsSaidOnce()
    {
        using var flow = await WatchedAsync();
        var denied = new AmazonCloudWatchException("Denied", null, Amazon.Runtime.ErrorType.Sender, "AccessDenied", "request", System.Net.HttpStatusCode.Forbidden);
        flow.Clients.CloudWatch.Configure().PutMetricDataAsync(default!, default).ReturnsForAnyArgs<PutMetricDataResponse>(_ => throw denied);
        flow.Clients.CloudWatch.Configure().PutMetricAlarmAsync(default!, default).ReturnsForAnyArgs<PutMetricAlarmResponse>(_ => throw denied);
        IReadOnlyList<string> told = [];

        await flow.Observation.DuringAsync(async () =>
        {
            told = flow.Observation.Saw(null!);
            await EndJobAsync(flow);
        }, default);

        Assert.Equal(2, told.Count);
        Assert.DoesNotContain("alarm.set", await flow.EventsAsync());
        Assert.DoesNotContain("Denied", flow.Console.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 5, 24, "launch")]
    [InlineData(true, 0, 0, "publish,launch")]
    public async Task Given_NoAlarms_When_Launched_Then_NoneIsSet(bool publishes, int minutes, int hours, string calls)
    {
        using var flow = await WatchedAsync(publishes ? Settings with { HeartbeatMinutes = minutes, DetachedHours = hours } : null);

        await flow.Observation.DuringAsync(() =>
        {
            _calls.Add("launch");
            return Task.CompletedTask;
        }, default);

        Assert.Equal(calls, string.Join(',', _calls));
    }

    private static AlarmSpec Settings => new() { TopicArn = "arn:aws:sns:us-east-1:000000000000:demo-sandbox-alarms", HeartbeatMinutes = 5, DetachedHours = 24 };

    private static Task EndJobAsync(FlowFixture flow) =>
        flow.UpdateAsync(run => run.WithCurrentAttempt(run.CurrentAttempt! with { Outcome = OutcomeKind.Completed, OutcomeSentence = "Completed." }));

    private Task<FlowFixture> WatchedAsync() => WatchedAsync(Settings);

    private async Task<FlowFixture> WatchedAsync(AlarmSpec? settings)
    {
        var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        await flow.UpdateAsync(run => run with { Job = run.Job! with { Alarms = settings } });
        flow.Clients.CloudWatch.PutMetricDataAsync(default!, default).ReturnsForAnyArgs(_ => Called("publish", new PutMetricDataResponse()));
        flow.Clients.CloudWatch.PutMetricAlarmAsync(default!, default).ReturnsForAnyArgs(
            call => Called($"set {call.Arg<PutMetricAlarmRequest>().Period} x {call.Arg<PutMetricAlarmRequest>().EvaluationPeriods}", new PutMetricAlarmResponse()));
        flow.Clients.CloudWatch.DeleteAlarmsAsync(default!, default).ReturnsForAnyArgs(_ => Called("delete", new DeleteAlarmsResponse()));
        return flow;
    }

    private T Called<T>(string call, T answer)
    {
        _calls.Add(call);
        return answer;
    }
}
