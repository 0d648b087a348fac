using BuildPipeline.Aws;
using BuildPipeline.JobLogs;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Tracking;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Keeps the trackers of a run up to date. Nothing of it fails a run or holds it up for long: what could not be sent is sent the next time.</summary>
/// <remarks>A run is tracked from its first job on.</remarks>
public sealed class RunTracking(PipelineCall call, IAwsClients clients, Trackers trackers, RunHold hold)
{
    /// <summary>Of each log stream, while the job is followed.</summary>
    private const int PagesAtATime = 10;

    /// <summary>What all trackers together may take of a look at the job.</summary>
    private static readonly TimeSpan FollowLimit = TimeSpan.FromSeconds(10);

    /// <summary>What reading the logs and each tracker may take at the end of a target.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(45);

    private readonly Dictionary<string, MetricReader> _readers = new(StringComparer.Ordinal);
    private readonly UntoldWarnings _warnings = new();
    private IReadOnlyList<TrackingTurn>? _turns;
    private bool _notFinite;

    /// <summary>While a job is followed: sends what is new, to each tracker not more often than its turn comes.</summary>
    /// <returns>Sentences that the person who follows has not been told yet.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IReadOnlyList<string>> FollowAsync(CancellationToken cancellationToken)
    {
        var now = call.Time.GetUtcNow();
        if (Turns(call.Run).Where(turn => turn.IsDue(now)).ToList() is not { Count: > 0 } due)
        {
            return [];
        }

        using var limit = new CancellationTokenSource(FollowLimit, call.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await ReadAsync(call.Run, PagesAtATime, either.Token, cancellationToken);
        var picture = Picture(call.Run);
        foreach (var turn in due)
        {
            await SendAsync(turn, picture, either.Token, cancellationToken);
        }

        return _warnings.Take();
    }

    /// <summary>At the end of a target: sends all that there is, and says what a server still lacks.</summary>
    /// <param name="run">The run, which may be ahead of what is recorded.</param>
    /// <returns>How far the run is tracked; null if it has no server, or no job yet.</returns>
    public async Task<TrackingRecord?> CompleteAsync(RunRecord run, CancellationToken cancellationToken)
    {
        if (run.CurrentAttempt is null || run.Job is null)
        {
            return null;
        }

        var unread = await ReadToEndAsync(run, cancellationToken);
        var picture = Picture(run);
        foreach (var turn in Turns(run))
        {
            using var limit = new CancellationTokenSource(EndLimit, call.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            await SendAsync(turn, picture, either.Token, cancellationToken);
        }

        _warnings.Show(call.Console);

        var servers = Turns(run).Where(turn => !turn.Tracker.IsLocal).Select(turn => turn.Describe(unread)).ToList();
        return servers.Count == 0 ? null : new TrackingRecord { Servers = servers };
    }

    /// <summary>What the jobs of a run have logged so far; less where a log cannot be read in time.</summary>
    /// <param name="run">The run.</param>
    public async Task<IReadOnlyList<MetricPoint>> MetricsAsync(RunRecord run, CancellationToken cancellationToken)
    {
        var isRead = run.Attempts.Where(attempt => attempt.SubmittedAt is not null).All(attempt => _readers.GetValueOrDefault(attempt.JobName) is { IsAtEnd: true });
        if (!isRead && !call.Options.Offline && run.Job is not null)
        {
            await ReadToEndAsync(run, cancellationToken);
        }

        return Points();
    }

    /// <summary>For a target that only shows a run: brings its servers up to date where nobody follows it, so it gets its end state also where the first process died.</summary>
    /// <param name="run">The run, as it was seen.</param>
    public async Task CatchUpAsync(RunRecord run, CancellationToken cancellationToken)
    {
        var isDone = run.ClosedAt is not null && run.Tracking?.Servers.All(server => server.Complete) == true;
        if (call.Options.Offline || isDone || run.Job?.Tracking is not { MlflowServers.Count: > 0 } || await MayBeFollowedAsync(run, cancellationToken))
        {
            return;
        }

        if (await CompleteAsync(run, cancellationToken) is { } tracked && tracked.Servers.All(server => server.Complete))
        {
            call.Console.Done($"Run {run.RunId} is tracked completely in {string.Join(", ", tracked.Servers.Select(server => server.Url ?? server.Name))}.");
        }
    }

    private async Task<bool> MayBeFollowedAsync(RunRecord run, CancellationToken cancellationToken)
    {
        try
        {
            return await hold.FindOtherAsync(run.RunId, cancellationToken) is not null;
        }
        catch (PipelineException)
        {
            // S3 cannot be reached, which the target itself says.
            return true;
        }
    }

    private IReadOnlyList<TrackingTurn> Turns(RunRecord run) => run.CurrentAttempt is null || run.Job is null ? []
        : _turns ??= [.. trackers.Create(run.Job.Tracking, call.Session.Store.PathOf(run.RunId, RunFiles.Tracking)).Select(tracker => new TrackingTurn(tracker, clients.Connection.PollingOptions.Tracking))];

    private TrackedRun Picture(RunRecord run) => RunTrackingView.Create(run, Points());

    private IReadOnlyList<MetricPoint> Points() => [.. _readers.Values.SelectMany(reader => reader.Points)];

    private async Task SendAsync(TrackingTurn turn, TrackedRun picture, CancellationToken limited, CancellationToken cancellationToken)
    {
        try
        {
            var report = await turn.Tracker.SendAsync(picture, limited);
            turn.Succeeded(call.Time.GetUtcNow(), report);
            _warnings.Add(turn.NewNotes().Select(note => $"{turn.Tracker.Name}: {note}"));
        }
        catch (Exception exception) when (exception is TrackerException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var problem = exception is TrackerException ? exception.Message : "It did not take everything in time.";
            if (turn.Failed(call.Time.GetUtcNow(), problem))
            {
                _warnings.Add($"{turn.Tracker.Name} is not up to date. {problem} The run is not affected, and what is missing is sent later.");
            }
        }
    }

    private async Task<string?> ReadToEndAsync(RunRecord run, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(EndLimit, call.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        return await ReadAsync(run, int.MaxValue, either.Token, cancellationToken);
    }

    // Of each attempt: an ended one, which another process may have followed, once to its end.
    private async Task<string?> ReadAsync(RunRecord run, int pages, CancellationToken limited, CancellationToken cancellationToken)
    {
        string? unread = null;
        foreach (var attempt in run.Attempts.Where(attempt => attempt.SubmittedAt is not null))
        {
            if (!_readers.TryGetValue(attempt.JobName, out var reader))
            {
                _readers[attempt.JobName] = reader = new MetricReader(run.Job!, attempt.JobName, clients);
            }
            else if (reader.IsAtEnd && attempt != run.CurrentAttempt)
            {
                continue;
            }

            unread = await TryReadAsync(reader, attempt, pages, limited, cancellationToken) ?? unread;
        }

        WarnOfNotFinite();
        return unread;
    }

    private static async Task<string?> TryReadAsync(MetricReader reader, AttemptRecord attempt, int pages, CancellationToken limited, CancellationToken cancellationToken)
    {
        try
        {
            await reader.ReadAsync(pages, limited);
            return reader.IsAtEnd ? null : $"The log of {attempt.JobName} is not read to its end.";
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            return $"The log of {attempt.JobName} could not be read ({AwsErrors.Classify(exception)}).";
        }
    }

    private void WarnOfNotFinite()
    {
        if (!_notFinite && _readers.Values.SelectMany(reader => reader.Points).FirstOrDefault(point => !double.IsFinite(point.Value)) is { } point)
        {
            _notFinite = true;
            _warnings.Add($"The metric {point.Name} is {MlflowBatch.ValueOf(point.Value)} at step {point.Step}. It is tracked as it is.");
        }
    }
}
