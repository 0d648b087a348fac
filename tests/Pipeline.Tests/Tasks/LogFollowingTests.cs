using System.Net;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using BuildPipeline.Accounts;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Tasks;
using BuildPipeline.Training;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>A log that is followed while its job writes it, through what CloudWatch does meanwhile.</summary>
public sealed class LogFollowingTests
{
    private readonly SkippingTime _time = new();
    private readonly Dictionary<string, List<(int Second, string Text)>> _streams = [];
    private readonly Queue<Action> _polls = new();
    private string _status = "InProgress";
    private string _job = "";
    private Func<GetLogEventsRequest, Exception?> _fail = _ => null;

    [Fact]
    public async Task Given_ARunningJob_When_ItsLogIsFollowed_Then_EachLineIsShownOnceUntilTheJobHasEnded()
    {
        using var flow = await FollowedAsync();
        Poll(() => Write("algo-1", 1, "ab"), () => { }, () => Write("algo-2", 2, "c"), () => Write("algo-1", 3, "d"), () => End("e"));

        await RunAsync(flow);

        Assert.Equal("abcde", Shown(flow));
    }

    [Fact]
    public async Task Given_ThrottlingInTheMiddleOfAPage_When_Followed_Then_NothingIsLostOrRepeated()
    {
        using var flow = await FollowedAsync();
        var failures = 0;
        Poll(() => Write("algo-1", 1, "abc"), () => failures = 12, () => Write("algo-2", 2, "d"), () => End("e"));
        _fail = _ => failures-- > 0 ? Error("ThrottlingException") : null;

        await RunAsync(flow);

        Assert.Equal("abcde", Shown(flow));
    }

    [Fact]
    public async Task Given_ATokenThatExpires_When_Followed_Then_TheTimeOfTheLastLineIsWhereItContinues()
    {
        using var flow = await FollowedAsync();
        var expired = false;
        Poll(() => Write("algo-1", 1, "a"), () => Write("algo-1", 2, "bc"), () =>
        {
            Write("algo-1", 2, "d");
            expired = true;
        }, () => End("e"));
        _fail = request => expired && request.NextToken is not null && !(expired = false) ? Error("InvalidParameterException") : null;

        await RunAsync(flow);

        Assert.Equal("abcde", Shown(flow));
    }

    [Fact]
    public async Task Given_ANodeThatRestarts_When_Followed_Then_ItsNewStreamIsReadToo()
    {
        using var flow = await FollowedAsync();
        Poll(() => Write("algo-1", 1, "a"), () => Write("algo-1", 5, "b", start: 200), () => End("c", start: 200));

        await RunAsync(flow);

        Assert.Equal("abc", Shown(flow));
    }

    [Fact]
    public async Task Given_AJobThatHasEnded_When_Followed_Then_ItsLogIsShownAndTheServiceIsNotAskedForIt()
    {
        using var flow = await FollowedAsync();
        await flow.UpdateAsync(run => run.WithCurrentAttempt(run.CurrentAttempt! with { Outcome = OutcomeKind.Completed }));
        Write("algo-1", 1, "ab");

        await RunAsync(flow);

        Assert.Equal("ab", Shown(flow));
        Assert.Empty(flow.Clients.SageMaker.ReceivedCalls());
    }

    [Fact]
    public async Task Given_ASignal_When_ItComesWhileFollowing_Then_TheTargetEndsWithoutAFailure()
    {
        using var flow = await FollowedAsync();
        using var signals = new ShutdownSignals();
        Poll(() => Write("algo-1", 1, "a"), () => signals.Receive(System.Runtime.InteropServices.PosixSignal.SIGINT));

        await Following(flow).RunAsync(flow.Context(signals));

        Assert.Equal("a", Shown(flow));
    }

    [Fact]
    public async Task Given_CredentialsThatStayRefused_When_Followed_Then_ItEndsWithThatError()
    {
        using var flow = await FollowedAsync();
        Poll([.. Enumerable.Repeat(() => { }, 1000)]);
        _fail = _ => Error("ExpiredTokenException");
        Write("algo-1", 1, "a");

        Assert.Equal(AccountErrors.ExpiredCredentials, (await Assert.ThrowsAsync<PipelineException>(() => RunAsync(flow))).Code);
    }

    private LogsTask Following(FlowFixture flow) => new(flow.Call with { Time = _time }, flow.Clients);

    private async Task RunAsync(FlowFixture flow)
    {
        using var signals = new ShutdownSignals();
        await Following(flow).RunAsync(flow.Context(signals));
    }

    // Each look at the job lets the next thing happen.
    private void Poll(params Action[] polls)
    {
        foreach (var poll in polls)
        {
            _polls.Enqueue(poll);
        }
    }

    private void End(string text, int start = 100)
    {
        Write("algo-1", 9, text, start);
        _status = "Completed";
    }

    private void Write(string host, int second, string texts, int start = 100)
    {
        var name = $"{_job}/{host}-{start}";
        _streams.TryAdd(name, []);
        _streams[name].AddRange(texts.Select(text => (second, $"{text}")));
    }

    private static string Shown(FlowFixture flow) =>
        string.Concat(flow.Console.Output.Split('\n').Where(line => line.Contains(" [algo-", StringComparison.Ordinal)).Select(line => line.TrimEnd()[^1]));

    private static AmazonCloudWatchLogsException Error(string code) => new(code, Amazon.Runtime.ErrorType.Sender, code, "", HttpStatusCode.BadRequest);

    // Pages of two lines; the token is the number of lines that were given.
    private GetLogEventsResponse Page(GetLogEventsRequest request)
    {
        if (_fail(request) is { } failure)
        {
            throw failure;
        }

        var lines = _streams[request.LogStreamName];
        var from = request.NextToken is { } token ? int.Parse(token, System.Globalization.CultureInfo.InvariantCulture)
            : lines.FindIndex(line => request.StartTime is null || TestRuns.Start.AddSeconds(line.Second).UtcDateTime >= request.StartTime);
        var page = lines.Skip(from).Take(2).ToList();
        return new GetLogEventsResponse
        {
            Events = [.. page.Select(line => new OutputLogEvent { Message = line.Text, Timestamp = TestRuns.Start.AddSeconds(line.Second).UtcDateTime })],
            NextForwardToken = FormattableString.Invariant($"{from + page.Count}"),
        };
    }

    private async Task<FlowFixture> FollowedAsync()
    {
        var flow = await FlowFixture.AppliedAsync(null, "--target=Logs", "--follow");
        await flow.Submission.RunAsync(default);
        _job = flow.Call.Run.CurrentAttempt!.JobName;
        flow.Clients.Logs.DescribeLogStreamsAsync(default!, default).ReturnsForAnyArgs(_ => new DescribeLogStreamsResponse
        {
            LogStreams = [.. _streams.Keys.Select(name => new LogStream { LogStreamName = name })],
        });
        flow.Jobs.OnDescribe = name =>
        {
            _polls.Dequeue()();
            flow.Jobs.Set(name, _status);
        };
        flow.Clients.Logs.GetLogEventsAsync(default!, default).ReturnsForAnyArgs(call => Page(call.Arg<GetLogEventsRequest>()));
        flow.Clients.SageMaker.ClearReceivedCalls();
        return flow;
    }
}
