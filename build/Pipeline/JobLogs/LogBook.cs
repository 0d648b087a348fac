using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Jobs;

namespace BuildPipeline.JobLogs;

/// <summary>The log of a job that is followed: what is new, what it reports, and the last lines of each node.</summary>
internal sealed class LogBook(TrainingJobSpec job, string jobName, IAwsClients clients, PollingOptions polling, TimeProvider time)
{
    /// <summary>Lines that are shown of a log that was there before, and that a failure keeps of a node.</summary>
    public const int LastLines = 20;

    private readonly LogTailer _tail = new(new JobLog(clients, job.LogGroupName, jobName));
    private readonly Dictionary<string, Queue<LogLine>> _last = new(StringComparer.Ordinal);
    private bool _read;

    /// <summary>The newest figures that the log reports.</summary>
    public LogMetrics Metrics { get; } = new(job);

    /// <summary>The lines since the last call that succeeded.</summary>
    public async Task<IReadOnlyList<LogLine>> ReadNewAsync(CancellationToken cancellationToken)
    {
        var lines = await _tail.ReadNewAsync(cancellationToken);
        foreach (var line in lines)
        {
            Metrics.Read(line.Text);
            _last.TryAdd(line.Host, []);
            _last[line.Host].Enqueue(line);
            if (_last[line.Host].Count > LastLines)
            {
                _last[line.Host].Dequeue();
            }
        }

        var isFirst = !_read;
        _read = true;
        return isFirst ? [.. lines.TakeLast(LastLines)] : lines;
    }

    /// <summary>Reads the rest of an ended job's log: it arrives late, and the service may throttle.</summary>
    /// <param name="lines">Gets the lines.</param>
    /// <returns>Why the rest could not be read; null if it was.</returns>
    public async Task<string?> ReadRestAsync(List<LogLine> lines, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + polling.LogPatience;
        var (pause, why) = (polling.Retry, (string?)null);
        try
        {
            await PauseAsync(polling.LogFlushDelay);
            while (true)
            {
                try
                {
                    lines.AddRange(await ReadNewAsync(cancellationToken));
                    why = null;
                    if (_tail.IsAtEnd)
                    {
                        return null;
                    }
                }
                catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
                {
                    why = exception.Message.ReplaceLineEndings(" ").TrimEnd('.');
                    if (!AwsErrors.IsTransient(exception))
                    {
                        return why;
                    }

                    await PauseAsync(pause);
                    pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, polling.MaxPollInterval.Ticks));
                }

                if (time.GetUtcNow() >= until)
                {
                    return why ?? "the log is too long to read in time";
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The job has ended, which matters more than its last lines.
            return "interrupted";
        }

        Task PauseAsync(TimeSpan length) => length > TimeSpan.Zero ? Task.Delay(length, time, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>The last lines of the node that a failed job failed on; null if no line is known.</summary>
    public FailureLog? Failure(string? failureReason) => FailureLog.From(failureReason, [.. _last.OrderBy(host => host.Key, StringComparer.Ordinal).Select(
        host => new FailureLog(host.Key, [.. host.Value.Select(line => line.Text)]))]);
}
