using System.Text.RegularExpressions;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using BuildPipeline.Aws;

namespace BuildPipeline.Training;

/// <summary>Reads the log of one job from where it stopped reading: all nodes, and the streams that restarts add.</summary>
/// <remarks>A stream is named <c>JOB/algo-N-EPOCH</c>; a restart leaves it behind and begins a new one.</remarks>
internal sealed partial class LogTail(IAmazonCloudWatchLogs logs, string logGroup, string jobName)
{
    /// <summary>Pages of one stream at one look; the rest follows at the next.</summary>
    private const int PagesAtATime = 10;

    private readonly List<LogStreamPosition> _streams = [];
    private List<LogLine> _unread = [];

    /// <summary>The lines since the last call that succeeded; none where there is no log yet.</summary>
    /// <remarks>Lines that came before a failure are kept for the next call.</remarks>
    public async Task<IReadOnlyList<LogLine>> ReadNewAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FindStreamsAsync(cancellationToken);
            foreach (var stream in _streams.Where(stream => !stream.IsLeftBehind).OrderBy(stream => stream.Attempt))
            {
                await ReadAsync(stream, cancellationToken);
            }
        }
        catch (AmazonCloudWatchLogsException exception) when (AwsErrors.Classify(exception) == AwsFault.NotFound)
        {
            // The group and the streams come into being with the first line of a node.
        }

        var lines = _unread;
        _unread = [];
        return lines;
    }

    private async Task FindStreamsAsync(CancellationToken cancellationToken)
    {
        // The slash keeps the streams of a job out whose name only begins alike.
        var request = new DescribeLogStreamsRequest { LogGroupName = logGroup, LogStreamNamePrefix = jobName + "/" };
        do
        {
            var page = await logs.DescribeLogStreamsAsync(request, cancellationToken);
            foreach (var name in (page.LogStreams ?? []).Select(stream => stream.LogStreamName).Order(StringComparer.Ordinal))
            {
                if (_streams.TrueForAll(stream => stream.Name != name))
                {
                    var host = HostAndEpoch().Match(name) is { Success: true } match ? match.Groups["host"].Value : name[(jobName.Length + 1)..];
                    _streams.Add(new(name, host, 1 + _streams.Count(stream => stream.Host == host)));
                }
            }

            request.NextToken = page.NextToken;
        }
        while (request.NextToken is not null);
    }

    private async Task ReadAsync(LogStreamPosition stream, CancellationToken cancellationToken)
    {
        for (var page = 0; page < PagesAtATime; page++)
        {
            var request = new GetLogEventsRequest
            {
                LogGroupName = logGroup,
                LogStreamName = stream.Name,
                StartFromHead = true,
                NextToken = stream.Token,
            };
            var response = await logs.GetLogEventsAsync(request, cancellationToken);
            _unread.AddRange((response.Events ?? []).Select(item => new LogLine(stream.Host, stream.Attempt, item.Message ?? "")));

            // The same token again means that the end is reached, for now.
            if (response.NextForwardToken is null || response.NextForwardToken == stream.Token)
            {
                stream.IsLeftBehind = _streams.Exists(other => other.Host == stream.Host && other.Attempt > stream.Attempt + 1);
                return;
            }

            stream.Token = response.NextForwardToken;
        }
    }

    [GeneratedRegex(@"/(?<host>.+-\d+)-\d+$")]
    private static partial Regex HostAndEpoch();

    private sealed class LogStreamPosition(string name, string host, int attempt)
    {
        public string Name { get; } = name;

        public string Host { get; } = host;

        public int Attempt { get; } = attempt;

        public string? Token { get; set; }

        /// <summary>True once the node has begun two further streams, so that nothing more comes here.</summary>
        public bool IsLeftBehind { get; set; }
    }
}
