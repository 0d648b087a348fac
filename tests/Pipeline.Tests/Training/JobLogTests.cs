using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using BuildPipeline.JobLogs;
using NSubstitute;
using Polly;
using static BuildPipeline.Pipeline.Tests.Training.TestRuns;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class JobLogTests
{
    private readonly Dictionary<string, (int Second, string Text)[]> _log = new()
    {
        [$"{JobName}/algo-1-100"] = [(1, "a"), (4, "d"), (4, "e")],
        [$"{JobName}/algo-1-200"] = [(9, "h")],
        [$"{JobName}/algo-2-100"] = [(2, "b"), (3, "c"), (5, "f")],
        [$"{JobName}/algo-10-100"] = [(6, "g")],
        [$"{JobName}/algo-3-100"] = [],
    };

    [Fact]
    public async Task Given_ASandboxThatRestartedOnAnotherPort_When_TheLogIsReadAgain_Then_TheNewOneIsAsked()
    {
        var (before, after) = (Substitute.For<IAmazonCloudWatchLogs>(), Substitute.For<IAmazonCloudWatchLogs>());
        before.DescribeLogStreamsAsync(default!, default).ReturnsForAnyArgs(new DescribeLogStreamsResponse { LogStreams = [] });
        after.DescribeLogStreamsAsync(default!, default).ReturnsForAnyArgs(
            new DescribeLogStreamsResponse { LogStreams = [new LogStream { LogStreamName = $"{JobName}/algo-1-1767323045", FirstEventTimestamp = Start.UtcDateTime }] });
        var clients = Clients();
        clients.Logs.Returns(before, after);
        var log = new JobLog(clients, Job.LogGroupName, JobName);

        Assert.Empty(await log.StreamsAsync(default));
        Assert.Single(await log.StreamsAsync(default));
    }

    [Fact]
    public async Task Given_several_nodes_and_restarts_When_the_log_is_read_Then_the_lines_are_in_the_order_of_time()
    {
        var lines = await ReadAsync(null);

        Assert.Equal("abcdefgh", string.Concat(lines.Select(line => line.Text)));
        Assert.Equal(("algo-1", 2, Start.AddSeconds(9)), (lines[^1].Host, lines[^1].Attempt, lines[^1].At));
    }

    [Fact]
    public async Task Given_a_node_When_its_log_is_read_Then_only_its_lines_are_shown() =>
        Assert.Equal("adeh", string.Concat((await ReadAsync("algo-1")).Select(line => line.Text)));

    [Fact]
    public async Task Given_a_stream_without_lines_and_one_whose_time_is_not_known_yet_When_hosts_are_counted_Then_only_the_first_is_left_out() =>
        Assert.Equal(3, await Log().CountHostsAsync(CancellationToken.None));

    [Theory]
    [InlineData("AlgorithmError: the disk is full, exit code: 1", "algo-2")]
    [InlineData("AlgorithmError: , exit code: 2", "algo-1")]
    [InlineData("InternalServerError: gone", "algo-1")]
    [InlineData(null, "algo-1")]
    public void Given_the_last_lines_of_all_nodes_When_a_job_failed_Then_those_of_the_failing_node_are_kept(string? reason, string host)
    {
        FailureLog[] nodes = [new("algo-1", ["ValueError: peer is gone"]), new("algo-2", ["the disk is full", new string('x', 3000)])];

        var kept = FailureLog.From(reason, nodes)!;

        Assert.Equal(host, kept.Host);
        Assert.NotEmpty(kept.Lines);
        Assert.All(kept.Lines, line => Assert.InRange(line.Length, 1, 1001));
        Assert.Null(FailureLog.From(reason, []));
    }

    private async Task<List<LogLine>> ReadAsync(string? host)
    {
        var lines = new List<LogLine>();
        await foreach (var line in new LogReader(Log(), host, ResiliencePipeline.Empty).ReadAsync(CancellationToken.None))
        {
            lines.Add(line);
        }

        return lines;
    }

    private JobLog Log()
    {
        var logs = Clients().Logs;
        logs.DescribeLogStreamsAsync(default!, default).ReturnsForAnyArgs(new DescribeLogStreamsResponse
        {
            LogStreams = [.. _log.Select(stream => new LogStream { LogStreamName = stream.Key, FirstEventTimestamp = stream.Key.Contains("algo-2", StringComparison.Ordinal) || stream.Value.Length == 0 ? null : Start.UtcDateTime })],
        });

        // Pages of two lines, and an empty one before the end.
        logs.GetLogEventsAsync(default!, default).ReturnsForAnyArgs(call =>
        {
            var request = call.Arg<GetLogEventsRequest>();
            var lines = _log[request.LogStreamName];
            var page = request.NextToken is null ? 0 : int.Parse(request.NextToken, System.Globalization.CultureInfo.InvariantCulture);
            var last = (lines.Length / 2) + 2;
            return new GetLogEventsResponse
            {
                Events = [.. lines.Skip(2 * page).Take(2).Select(line => new OutputLogEvent { Message = line.Text, Timestamp = Start.AddSeconds(line.Second).UtcDateTime })],
                NextForwardToken = FormattableString.Invariant($"{Math.Min(page + 1, last)}"),
            };
        });
        var clients = Clients();
        clients.Logs.Returns(logs);
        return new JobLog(clients, Job.LogGroupName, JobName);
    }
}
