using BuildPipeline.Aws;
using BuildPipeline.Jobs;

namespace BuildPipeline.JobLogs;

/// <summary>Reads all values of a job's metrics out of its log, each once, from the first line on: what it finds does not depend on when or how often it is asked.</summary>
/// <param name="job">The job, with its metric definitions.</param>
/// <param name="jobName">Its name.</param>
/// <param name="clients">The account.</param>
public sealed class MetricReader(TrainingJobSpec job, string jobName, IAwsClients clients)
{
    // SageMaker runs the rank that reports on it.
    private const string FirstHost = "algo-1";

    private readonly JobLog _log = new(clients, job.LogGroupName, jobName);
    private readonly IReadOnlyList<MetricPattern> _patterns = [.. job.MetricDefinitions.Select(definition => new MetricPattern(definition))];
    private readonly Dictionary<string, Position> _positions = new(StringComparer.Ordinal);
    private readonly List<MetricPoint> _points = [];

    /// <summary>All values so far: of a stream in its order.</summary>
    public IReadOnlyList<MetricPoint> Points => _points;

    /// <summary>True if the last reading reached the end of every log stream.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Reads on from where the last call stopped.</summary>
    /// <param name="pages">The most pages of one stream; the rest follows at the next call.</param>
    /// <exception cref="Amazon.Runtime.AmazonServiceException">The log cannot be read now; the next call reads on.</exception>
    public async Task ReadAsync(int pages, CancellationToken cancellationToken)
    {
        IsAtEnd = false;
        var atEnd = true;
        foreach (var stream in await _log.StreamsAsync(cancellationToken))
        {
            atEnd &= await ReadAsync(stream, pages, cancellationToken);
        }

        IsAtEnd = atEnd;
    }

    private async Task<bool> ReadAsync(JobLogStream stream, int pages, CancellationToken cancellationToken)
    {
        if (!_positions.TryGetValue(stream.Name, out var position))
        {
            _positions[stream.Name] = position = new Position();
        }

        for (var page = 0; page < pages; page++)
        {
            var (lines, token) = await _log.PageAsync(stream, position.Token, null, cancellationToken);
            foreach (var line in lines)
            {
                Read(line, position);
            }

            if (token is null || token == position.Token)
            {
                return true;
            }

            position.Token = token;
        }

        return false;
    }

    private void Read(LogLine line, Position position)
    {
        position.Step = MetricPattern.StepIn(line.Text) ?? position.Step;
        foreach (var pattern in _patterns)
        {
            if (line.At is { } at && pattern.ValueIn(line.Text) is { } value)
            {
                _points.Add(new MetricPoint(line.Host == FirstHost ? pattern.Name : $"{pattern.Name}.{line.Host}", position.Step, at, value));
            }
        }
    }

    private sealed class Position
    {
        public string? Token { get; set; }

        public long Step { get; set; }
    }
}
