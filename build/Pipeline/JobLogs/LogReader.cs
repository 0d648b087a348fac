using System.Runtime.CompilerServices;
using Amazon.CloudWatchLogs;
using BuildPipeline.Aws;
using Polly;

namespace BuildPipeline.JobLogs;

/// <summary>Reads the log of one job from its first line on, each line once. A reading that failed, or that reached the end, is continued by the next.</summary>
/// <param name="log">The log.</param>
/// <param name="host">Only the lines of this node; null is all.</param>
/// <param name="patience">What a page is tried again with.</param>
public sealed class LogReader(JobLog log, string? host, ResiliencePipeline patience)
{
    private readonly List<Position> _positions = [];

    /// <summary>The lines that are there by now, in the order of time; of one moment, in the order of the nodes. A line that arrives late comes with the next reading.</summary>
    /// <exception cref="AmazonCloudWatchLogsException">The log cannot be read now; the next reading continues.</exception>
    public async IAsyncEnumerable<LogLine> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await FindStreamsAsync(cancellationToken);
        var heads = new PriorityQueue<Position, (DateTimeOffset, int)>();
        foreach (var position in _positions.Where(position => !IsLeftBehind(position)))
        {
            position.IsAtEnd = false;
            await AddAsync(position);
        }

        while (heads.TryDequeue(out var position, out _))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return position.Lines.Dequeue();
            await AddAsync(position);
        }

        async Task AddAsync(Position position)
        {
            while (position.Lines.Count == 0 && !position.IsAtEnd)
            {
                await patience.ExecuteAsync(async token => await ReadPageAsync(position, token), cancellationToken);
            }

            if (position.Lines.TryPeek(out var head))
            {
                heads.Enqueue(position, (head.At ?? default, position.Index));
            }
        }
    }

    private async Task FindStreamsAsync(CancellationToken cancellationToken)
    {
        var streams = await patience.ExecuteAsync(async token => await log.StreamsAsync(token), cancellationToken);
        foreach (var (index, stream) in streams.Where(stream => host is null || stream.Host == host).Index())
        {
            var position = _positions.Find(known => known.Stream.Name == stream.Name);
            if (position is null)
            {
                _positions.Add(position = new Position(stream));
            }

            position.Index = index;
        }
    }

    // Once a node has started two further streams, nothing more comes to a stream that was read to its end.
    private bool IsLeftBehind(Position position) =>
        position.IsAtEnd && _positions.Exists(other => other.Stream.Host == position.Stream.Host && other.Stream.Attempt > position.Stream.Attempt + 1);

    private async Task ReadPageAsync(Position position, CancellationToken cancellationToken)
    {
        try
        {
            var (lines, next) = await log.PageAsync(position.Stream, position.Token, null, cancellationToken, position.LastAt);
            position.Take(lines, next);
        }
        catch (AmazonCloudWatchLogsException exception) when (position.Token is not null && AwsErrors.Classify(exception) == AwsErrorKind.Invalid)
        {
            // A token is good for 24 hours; the time of the last line says as well where to continue.
            position.Forget();
        }
    }

    private sealed class Position(JobLogStream stream)
    {
        // Lines with the time of the last one that were taken, and those of them that are still to come again.
        private int _atLast;
        private int _again;

        public JobLogStream Stream { get; } = stream;

        public int Index { get; set; }

        public Queue<LogLine> Lines { get; } = [];

        public string? Token { get; private set; }

        /// <summary>Time of the last line that was taken.</summary>
        public DateTimeOffset? LastAt { get; private set; }

        public bool IsAtEnd { get; set; }

        public void Take(IReadOnlyList<LogLine> lines, string? next)
        {
            foreach (var line in lines)
            {
                if (_again > 0 && line.At == LastAt)
                {
                    _again--;
                    continue;
                }

                (_again, _atLast) = (0, line.At == LastAt ? _atLast + 1 : 1);
                LastAt = line.At;
                Lines.Enqueue(line);
            }

            IsAtEnd = next is null || next == Token;
            if (next is null)
            {
                Forget();
            }

            Token = next;
        }

        public void Forget() => (Token, _again) = (null, _atLast);
    }
}
