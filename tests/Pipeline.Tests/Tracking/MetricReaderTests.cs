using Amazon.CloudWatchLogs.Model;
using BuildPipeline.JobLogs;
using NSubstitute;
using static BuildPipeline.Pipeline.Tests.Training.TestRuns;

namespace BuildPipeline.Pipeline.Tests.Tracking;

public sealed class MetricReaderTests
{
    private readonly Dictionary<string, List<string>> _log = new()
    {
        [$"{JobName}/algo-1-100"] = ["start", "step=1 train:loss=2.5 tokens_per_second=10", "checkpoint step=2 files=3", "train:loss=2.25"],
        [$"{JobName}/algo-1-200"] = ["resumed step=1 attempt=2", "step=2 train:loss=nan", "step=3 train:loss=-inf"],
        [$"{JobName}/algo-2-100"] = ["step=1 train:loss=2.6"],
    };

    [Fact]
    public async Task Given_the_log_of_all_nodes_and_restarts_When_read_in_any_portions_Then_the_points_are_the_same()
    {
        var whole = await ReadAsync(int.MaxValue);
        var portions = await ReadAsync(1);

        Assert.Equal(
            [("train:loss", 1, 2.5), ("tokens_per_second", 1, 10), ("train:loss", 2, 2.25), ("train:loss", 2, double.NaN), ("train:loss", 3, double.NegativeInfinity), ("train:loss.algo-2", 1, 2.6)],
            whole.Select(point => (point.Name, (int)point.Step, point.Value)));
        Assert.Equal(whole.Order(Comparer<MetricPoint>.Create((left, right) => left.ToString().CompareTo(right.ToString(), StringComparison.Ordinal))), portions.Order(Comparer<MetricPoint>.Create((left, right) => left.ToString().CompareTo(right.ToString(), StringComparison.Ordinal))));
    }

    private async Task<IReadOnlyList<MetricPoint>> ReadAsync(int pages)
    {
        var clients = Clients();
        clients.Logs.DescribeLogStreamsAsync(default!, default).ReturnsForAnyArgs(
            new DescribeLogStreamsResponse { LogStreams = [.. _log.Keys.Select(name => new LogStream { LogStreamName = name })] });
        clients.Logs.GetLogEventsAsync(default!, default).ReturnsForAnyArgs(call => Page(call.Arg<GetLogEventsRequest>()));
        var reader = new MetricReader(Job, JobName, clients);
        do
        {
            await reader.ReadAsync(pages, default);
        }
        while (!reader.IsAtEnd);
        await reader.ReadAsync(pages, default);
        return reader.Points;
    }

    // Two lines a page.
    private GetLogEventsResponse Page(GetLogEventsRequest request)
    {
        var (lines, from) = (_log[request.LogStreamName], int.Parse(request.NextToken ?? "0", System.Globalization.CultureInfo.InvariantCulture));
        return new()
        {
            Events = [.. lines.Skip(from).Take(2).Select((line, index) => new OutputLogEvent { Message = line, Timestamp = Start.AddSeconds(from + index).UtcDateTime })],
            NextForwardToken = $"{Math.Min(lines.Count, from + 2)}",
        };
    }
}
