namespace BuildPipeline.JobLogs;

/// <summary>Reads the log of one job from where it stopped reading: all nodes, and the streams that restarts add.</summary>
/// <remarks>Streams that exist at the first read are read from their newest lines: a job may have run for days.</remarks>
internal sealed class LogTailer(JobLog log)
{
    /// <summary>Newest lines of a stream that is there at the first reading: enough to find the last reported step among them.</summary>
    private const int NewestLines = 100;

    /// <summary>Pages of one stream at one reading; the rest follows at the next.</summary>
    private const int PagesAtATime = 10;

    private readonly List<StreamPosition> _streams = [];
    private List<LogLine> _unread = [];
    private bool _begun;

    /// <summary>True if the last reading reached the end of every stream.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>The lines since the last call that succeeded, in the order of time; none if there is no log yet.</summary>
    /// <remarks>Lines that came before a failure are kept for the next call.</remarks>
    public async Task<IReadOnlyList<LogLine>> ReadNewAsync(CancellationToken cancellationToken)
    {
        IsAtEnd = false;
        foreach (var stream in await log.StreamsAsync(cancellationToken))
        {
            if (_streams.TrueForAll(known => known.Stream.Name != stream.Name))
            {
                _streams.Add(new(stream, _begun ? null : NewestLines));
            }
        }

        _begun = true;
        var atEnd = true;
        foreach (var position in _streams.Where(position => !position.IsLeftBehind).OrderBy(position => position.Stream.Attempt))
        {
            atEnd &= await ReadAsync(position, cancellationToken);
        }

        IsAtEnd = atEnd;
        var lines = _unread;
        _unread = [];
        return [.. lines.OrderBy(line => line.At ?? default)];
    }

    /// <returns>True if the end of the stream is reached.</returns>
    private async Task<bool> ReadAsync(StreamPosition position, CancellationToken cancellationToken)
    {
        for (var page = 0; page < PagesAtATime; page++)
        {
            var (lines, token) = await log.PageAsync(position.Stream, position.Token, position.Newest, cancellationToken);
            _unread.AddRange(lines);
            if (token is null || token == position.Token)
            {
                position.IsLeftBehind = _streams.Exists(
                    other => other.Stream.Host == position.Stream.Host && other.Stream.Attempt > position.Stream.Attempt + 1);
                return true;
            }

            position.Token = token;
        }

        return false;
    }

    private sealed class StreamPosition(JobLogStream stream, int? newest)
    {
        public JobLogStream Stream { get; } = stream;

        public int? Newest { get; } = newest;

        public string? Token { get; set; }

        /// <summary>True once the node has started two further streams, so nothing more comes here.</summary>
        public bool IsLeftBehind { get; set; }
    }
}
