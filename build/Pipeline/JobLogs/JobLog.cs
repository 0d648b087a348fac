using System.Text.RegularExpressions;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using BuildPipeline.Aws;

namespace BuildPipeline.JobLogs;

/// <summary>A log stream of a job.</summary>
/// <param name="Name">Its name in the log group.</param>
/// <param name="Host">The node, for example <c>algo-1</c>.</param>
/// <param name="Attempt">1 for the node's first stream; each restart adds one.</param>
/// <param name="HasLines">True if the node has written to it; the service may be late to say so.</param>
public sealed record JobLogStream(string Name, string Host, int Attempt, bool HasLines);

/// <summary>The log of one job: the streams of all its nodes and restarts.</summary>
/// <remarks>A stream is named <c>JOB/algo-N-EPOCH</c>; a restart leaves it behind and starts a new one.</remarks>
public sealed partial class JobLog(IAwsClients clients, string logGroup, string jobName)
{
    /// <summary>All streams in the order of their names; none if there is no log yet.</summary>
    public async Task<IReadOnlyList<JobLogStream>> StreamsAsync(CancellationToken cancellationToken)
    {
        // The slash excludes a job whose name only starts with this one.
        var request = new DescribeLogStreamsRequest { LogGroupName = logGroup, LogStreamNamePrefix = jobName + "/" };
        var found = new List<LogStream>();
        try
        {
            do
            {
                var page = await clients.Logs.DescribeLogStreamsAsync(request, cancellationToken);
                found.AddRange(page.LogStreams ?? []);
                request.NextToken = page.NextToken;
            }
            while (request.NextToken is not null);
        }
        catch (AmazonCloudWatchLogsException exception) when (AwsErrors.Classify(exception) == AwsErrorKind.NotFound)
        {
            // The group comes into being with the first line of a node.
        }

        return [.. found.OrderBy(stream => stream.LogStreamName, StringComparer.Ordinal)
            .GroupBy(stream => HostOf(stream.LogStreamName))
            .SelectMany(host => host.Select((stream, index) => new JobLogStream(stream.LogStreamName, host.Key, index + 1, stream.FirstEventTimestamp is not null)))];
    }

    /// <summary>How many nodes have written to the log; null if that cannot be read.</summary>
    public async Task<int?> CountHostsAsync(CancellationToken cancellationToken)
    {
        try
        {
            var hosts = new HashSet<string>();
            foreach (var stream in await StreamsAsync(cancellationToken))
            {
                if (stream.HasLines || (await PageAsync(stream, null, newest: 1, cancellationToken)).Lines.Count > 0)
                {
                    hosts.Add(stream.Host);
                }
            }

            return hosts.Count == 0 ? null : hosts.Count;
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>One page of a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="token">Where to continue; null is the head, or with <paramref name="newest"/> the newest lines.</param>
    /// <param name="newest">How many of the newest lines to start with; null starts at the head.</param>
    /// <param name="from">Without a token, the time to start at; null starts at the head.</param>
    /// <returns>The lines, and where to continue; the same token again means that the end is reached, for now.</returns>
    public async Task<(IReadOnlyList<LogLine> Lines, string? Token)> PageAsync(
        JobLogStream stream, string? token, int? newest, CancellationToken cancellationToken, DateTimeOffset? from = null)
    {
        var request = new GetLogEventsRequest
        {
            LogGroupName = logGroup,
            LogStreamName = stream.Name,

            // A token is of one direction; the service refuses a forward one without StartFromHead.
            StartFromHead = newest is null || token is not null,
            Limit = token is null ? newest : null,
            NextToken = token,
            StartTime = token is null ? from?.UtcDateTime : null,
        };
        var response = await clients.Logs.GetLogEventsAsync(request, cancellationToken);
        return (
            [.. (response.Events ?? []).Select(item => new LogLine(stream.Host, stream.Attempt, item.Message ?? "", SdkTime.ToUtc(item.Timestamp)))],
            response.NextForwardToken);
    }

    private string HostOf(string stream) =>
        HostAndEpoch().Match(stream) is { Success: true } match ? match.Groups["host"].Value : stream[(jobName.Length + 1)..];

    [GeneratedRegex(@"/(?<host>.+-\d+)-\d+$")]
    private static partial Regex HostAndEpoch();
}
