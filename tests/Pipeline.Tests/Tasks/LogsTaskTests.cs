using System.Net;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using BuildPipeline.Accounts;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Tasks;
using BuildPipeline.Training;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class LogsTaskTests
{
    // Second and text of each line, by job and node.
    private static readonly Dictionary<(string Job, string Node), (int Second, string Text)[]> Lines = new()
    {
        [("first", "algo-1")] = [(1, "a"), (4, "d")],
        [("first", "algo-2")] = [(2, "b"), (3, "c")],
        [("second", "algo-1")] = [(9, "e")],
    };

    [Theory]
    [InlineData("e")]
    [InlineData("abcd", "--attempt=1")]
    [InlineData("bc", "--attempt=1", "--node=2")]
    [InlineData("", "--node=2")]
    public async Task Given_ARunWithTwoJobs_When_ItsLogIsShown_Then_ItIsThatOfTheChosenJobAndNodeInTheOrderOfTime(string shown, params string[] options)
    {
        using var flow = await LaunchedAsync(options);
        var before = (await flow.RecordedAsync()).LastEvent;

        await flow.RunAsync(new LogsTask(flow.Call, flow.Clients));

        var lines = flow.Console.Output.Split('\n').Where(line => line.Contains(" [algo-", StringComparison.Ordinal)).ToList();
        Assert.Equal(shown, string.Concat(lines.Select(line => line.TrimEnd()[^1])));
        Assert.All(lines, line => Assert.StartsWith("2026-01-02T03:04:", line, StringComparison.Ordinal));
        Assert.Equal(shown.Length == 0, flow.Console.Output.Contains(TestRuns.Job.LogGroupName, StringComparison.Ordinal));
        Assert.Equal(before, (await flow.RecordedAsync()).LastEvent);
    }

    [Theory]
    [InlineData("BP1512", "--attempt=3")]
    [InlineData("BP1513", "--node=3")]
    public async Task Given_AJobOrANodeThatTheRunDoesNotHave_When_ItsLogIsShown_Then_TheServiceIsNotAsked(string error, string option)
    {
        using var flow = await LaunchedAsync(option);

        Assert.Equal(error, (await flow.FailAsync(new LogsTask(flow.Call, flow.Clients))).Id);

        Assert.Empty(flow.Clients.Logs.ReceivedCalls());
    }

    [Fact]
    public async Task Given_ARunWithoutAJob_When_ItsLogIsShown_Then_ThereIsNone()
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Logs");

        Assert.Equal(TrainingErrors.NoTrainingJob, await flow.FailAsync(new LogsTask(flow.Call, flow.Clients)));
    }

    [Fact]
    public async Task Given_CredentialsThatMayNotReadLogs_When_ShownALog_Then_ThatIsTheError()
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Logs");
        await flow.UpdateAsync(run => run with { Attempts = [TestRuns.Intent] });
        flow.Clients.Logs.DescribeLogStreamsAsync(default!, default).ThrowsAsyncForAnyArgs(
            new AmazonCloudWatchLogsException("no", Amazon.Runtime.ErrorType.Sender, "AccessDeniedException", "", HttpStatusCode.BadRequest));

        Assert.Equal(AccountErrors.AccessDenied, await flow.FailAsync(new LogsTask(flow.Call, flow.Clients)));
    }

    private static async Task<FlowFixture> LaunchedAsync(params string[] options)
    {
        var flow = await FlowFixture.AppliedAsync(null, ["--target=Logs", .. options]);
        await flow.UpdateAsync(run => run with { Attempts = [TestRuns.Intent with { JobName = "first" }, TestRuns.Intent with { Number = 2, JobName = "second" }] });
        var logs = flow.Clients.Logs;
        logs.DescribeLogStreamsAsync(default!, default).ReturnsForAnyArgs(call => new DescribeLogStreamsResponse
        {
            LogStreams = [.. Lines.Keys.Select(key => new LogStream { LogStreamName = $"{key.Job}/{key.Node}-100" }).Where(stream => stream.LogStreamName.StartsWith(call.Arg<DescribeLogStreamsRequest>().LogStreamNamePrefix, StringComparison.Ordinal))],
        });
        logs.GetLogEventsAsync(default!, default).ReturnsForAnyArgs(call => new GetLogEventsResponse
        {
            Events = [.. Lines.Where(entry => $"{entry.Key.Job}/{entry.Key.Node}-100" == call.Arg<GetLogEventsRequest>().LogStreamName)
                .SelectMany(entry => entry.Value).Select(line => new OutputLogEvent { Message = line.Text, Timestamp = TestRuns.Start.AddSeconds(line.Second).UtcDateTime })],
        });
        logs.ClearReceivedCalls();
        return flow;
    }
}
