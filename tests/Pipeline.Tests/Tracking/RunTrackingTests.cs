using Amazon.CloudWatchLogs.Model;
using BuildPipeline.Jobs;
using BuildPipeline.Pipeline.Tests.Tasks;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Pipeline.Tests.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Tracking;
using BuildPipeline.Training;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Tracking;

public sealed class RunTrackingTests
{
    private const string Nobody = "http://127.0.0.1:9";

    [Fact]
    public async Task Given_a_server_that_nobody_runs_When_the_run_is_followed_and_ends_Then_it_is_warned_of_once_and_the_receipt_says_so()
    {
        using var flow = await SubmittedAsync(Nobody);
        Log(flow, "step=1 train:loss=2.5", "step=2 train:loss=nan");

        var first = await flow.Tracking.FollowAsync(default);
        var second = await flow.Tracking.FollowAsync(default);
        var ended = flow.Call.Run.WithCurrentAttempt(flow.Call.Run.CurrentAttempt! with { Outcome = OutcomeKind.Stopped, OutcomeSentence = "Stopped." });
        var tracked = await flow.Tracking.CompleteAsync(ended, default);

        Assert.Equal(2, first.Count);
        Assert.Contains(first, warning => warning.Contains("NaN at step 2", StringComparison.Ordinal));
        Assert.Contains(first, warning => warning.Contains($"MLflow at {Nobody} is not up to date", StringComparison.Ordinal));
        Assert.Empty(second);
        Assert.False(Assert.Single(tracked!.Servers).Complete);
        Assert.Contains("not complete", Written.Markdown(ended with { Tracking = tracked, Stage = RunStage.Trained }, TestRuns.Start), StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(flow.Call.Session.PathOf(RunFiles.Tracking));
        Assert.Equal(2, lines.Count(line => line.StartsWith("{\"kind\":\"metric\"", StringComparison.Ordinal)));
        Assert.Contains("killed", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_no_server_When_the_run_ends_Then_its_file_is_written_and_nothing_is_recorded()
    {
        using var flow = await SubmittedAsync(null);

        Assert.Null(await flow.Tracking.CompleteAsync(flow.Call.Run, default));
        await flow.Tracking.CatchUpAsync(flow.Call.Run, default);

        Assert.True(File.Exists(flow.Call.Session.PathOf(RunFiles.Tracking)));
        Assert.DoesNotContain('!', flow.Console.Output);
    }

    [Fact]
    public async Task Given_a_run_without_a_job_When_its_target_ends_Then_nothing_is_tracked()
    {
        using var flow = await FlowFixture.AppliedAsync();

        Assert.Null(await flow.Tracking.CompleteAsync(flow.Call.Run, default));
        Assert.Empty(await flow.Tracking.FollowAsync(default));
        Assert.False(File.Exists(flow.Call.Session.PathOf(RunFiles.Tracking)));
    }

    [Fact]
    public async Task Given_a_log_that_cannot_be_read_When_the_run_ends_Then_tracking_is_not_complete_and_nothing_fails()
    {
        using var flow = await SubmittedAsync(Nobody);
        flow.Clients.Logs.DescribeLogStreamsAsync(default!, default).ReturnsForAnyArgs<DescribeLogStreamsResponse>(_ => throw new Amazon.CloudWatchLogs.AmazonCloudWatchLogsException("Rate exceeded"));

        Assert.False(Assert.Single((await flow.Tracking.CompleteAsync(flow.Call.Run, default))!.Servers).Complete);
    }

    [Fact]
    public async Task Given_a_process_that_follows_the_run_When_another_only_shows_it_Then_that_one_sends_nothing()
    {
        using var flow = await SubmittedAsync(Nobody);
        using var other = await SubmittedAsync(Nobody);
        await flow.HoldAsync();

        await flow.Tracking.CatchUpAsync(flow.Call.Run, default);
        Assert.True(File.Exists(flow.Call.Session.PathOf(RunFiles.Tracking)));

        await other.HoldByOtherAsync();
        await other.Tracking.CatchUpAsync(other.Call.Run, default);
        Assert.False(File.Exists(other.Call.Session.PathOf(RunFiles.Tracking)));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000/path")]
    [InlineData("127.0.0.1:5000")]
    public async Task Given_a_URI_that_is_none_When_planned_Then_the_job_is_refused_before_anything_is_created(string uri)
    {
        using var flow = await FlowFixture.StartedAsync();

        var refused = await Assert.ThrowsAsync<PipelineException>(() => flow.Check.RequireValidAsync(TestRuns.Job with { Tracking = Servers(uri) }, default));

        Assert.Equal(TrackingErrors.InvalidSettings, refused.Code);
    }

    [Fact]
    public async Task Given_an_approved_run_When_its_tracking_changes_Then_the_digest_does_too()
    {
        using var flow = await FlowFixture.PricedAsync();
        var subject = flow.Call.Run.Subject!;

        Assert.NotEqual(
            BuildPipeline.Approvals.ApprovalDigest.Compute(subject),
            BuildPipeline.Approvals.ApprovalDigest.Compute(subject with { Job = subject.Job with { Tracking = Servers(Nobody) } }));
    }

    private static TrackingSpec Servers(string uri) => new() { MlflowServers = [new MlflowServerSpec { Uri = uri, Experiment = "team" }] };

    private static async Task<FlowFixture> SubmittedAsync(string? server)
    {
        var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        await flow.UpdateAsync(run => run with { Job = run.Job! with { Tracking = server is null ? null : Servers(server) } });
        return flow;
    }

    private static void Log(FlowFixture flow, params string[] lines)
    {
        flow.Clients.Logs.DescribeLogStreamsAsync(default!, default).ReturnsForAnyArgs(
            new DescribeLogStreamsResponse { LogStreams = [new LogStream { LogStreamName = $"{flow.Call.Run.CurrentAttempt!.JobName}/algo-1-100" }] });
        flow.Clients.Logs.GetLogEventsAsync(default!, default).ReturnsForAnyArgs(call => new GetLogEventsResponse
        {
            Events = call.Arg<GetLogEventsRequest>().NextToken is null ? [.. lines.Select((line, second) => new OutputLogEvent { Message = line, Timestamp = TestRuns.Start.AddSeconds(second).UtcDateTime })] : [],
            NextForwardToken = "end",
        });
    }
}
