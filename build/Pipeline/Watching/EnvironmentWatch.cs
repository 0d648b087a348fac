using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Checkpoints;
using BuildPipeline.Runs;
using BuildPipeline.Training;

namespace BuildPipeline.Watching;

/// <summary>Watches all open runs of an environment: by lists of the running jobs, not by a question for each, and drives those that need it.</summary>
/// <remarks>
/// A run needs a driver where its job is no longer in progress, its log has a step that was not taken, or its deadline asks for the other market.
/// Nothing is started that was not approved: what drives a run is what <c>--target=Resume</c> does.
/// </remarks>
public sealed class EnvironmentWatch(OpenRuns open, JobList jobs, CheckpointReader checkpoints, IRunDriver driver, IAwsClients clients, TimeProvider time)
{
    /// <summary>How many polls pass between two searches for runs that were launched meanwhile.</summary>
    private const int SearchEvery = 4;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    private readonly Dictionary<string, WatchedRun> _runs = [];
    private readonly Dictionary<string, Task<ExitCode>> _driven = [];

    private bool _searched;
    private int _toldUnreadable;

    /// <summary>IDs of the runs that are open; null as long as they were not searched for.</summary>
    public IReadOnlyList<string>? Open => _searched ? [.. _runs.Keys.Order(StringComparer.Ordinal)] : null;

    /// <summary>Runs that may be open, but cannot be read.</summary>
    public IReadOnlyList<UnreadableRun> Unreadable => open.Unreadable;

    /// <summary>Watches until no run is open.</summary>
    /// <param name="parallel">How many runs are driven at once; those whose deadline asks for it come on top.</param>
    /// <param name="tell">Gets what happened.</param>
    /// <exception cref="OperationCanceledException">Cancelled; runs that are being driven have been left in order.</exception>
    /// <exception cref="PipelineException">The account could not be reached for longer than <see cref="PollingOptions.ContactTimeout"/>.</exception>
    public async Task RunAsync(int parallel, Action<WatchNews> tell, CancellationToken cancellationToken)
    {
        var polling = clients.Connection.PollingOptions;
        var contact = time.GetUtcNow();
        try
        {
            for (var poll = 0; ; poll++)
            {
                try
                {
                    await PollAsync(poll % SearchEvery == 0, parallel, tell, cancellationToken);
                    contact = time.GetUtcNow();
                }
                catch (PipelineException exception) when (exception.InnerException is { } cause && AwsErrors.IsTransient(cause) && time.GetUtcNow() - contact < polling.ContactTimeout)
                {
                    tell(new(WatchEvent.NotReached, null, exception.Message));
                }

                if (Open is { Count: 0 })
                {
                    return;
                }

                await PauseAsync(polling.Poll, cancellationToken);
            }
        }
        finally
        {
            // They end by the same signal, or by their own limit.
            await ((Task)Task.WhenAll(_driven.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PollAsync(bool search, int parallel, Action<WatchNews> tell, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await TakeEndedAsync(tell, cancellationToken);
        if (search || _runs.Count == 0)
        {
            foreach (var run in await open.FindOthersAsync(_runs.Keys, cancellationToken))
            {
                _runs[run.RunId] = new(run, clients.Connection.PollingOptions);
                tell(new(WatchEvent.Found, run.RunId, run.CurrentAttempt!.SecondaryStatus));
            }

            _searched = true;
        }

        foreach (var run in open.Unreadable.Skip(_toldUnreadable))
        {
            tell(new(WatchEvent.Unreadable, run.RunId, run.Problem));
        }

        _toldUnreadable = open.Unreadable.Count;
        var seen = await ListAsync(cancellationToken);
        await ReadCheckpointsAsync(seen, cancellationToken);
        foreach (var run in _runs.Values.OrderBy(run => run.RunId, StringComparer.Ordinal).ToList())
        {
            var job = seen.GetValueOrDefault(run.JobName);
            if (job is not null && run.Saw(job.SecondaryStatus))
            {
                tell(new(WatchEvent.Changed, run.RunId, job.SecondaryStatus));
            }

            var isDue = job is not null && run.Deadline?.IsMoveDue(time.GetUtcNow() + clients.Connection.PollingOptions.DriverStart, job.SecondaryStatus) == true;
            var isStalled = job is not null && run.Progress.IsStalled(time.GetUtcNow());
            if (WatchDecision.NeedsDriver(run, job is not null, isDue, isStalled, time.GetUtcNow()) && !_driven.ContainsKey(run.RunId) && (isDue || _driven.Count < parallel))
            {
                tell(new(WatchEvent.Driven, run.RunId, isDue ? "deadline" : isStalled ? "stalled" : job is null ? "job not in progress" : "step not taken"));
                _driven[run.RunId] = driver.DriveAsync(run.RunId, cancellationToken);
            }
        }
    }

    private async Task<Dictionary<string, RunningJob>> ListAsync(CancellationToken cancellationToken)
    {
        var seen = new Dictionary<string, RunningJob>();
        foreach (var name in _runs.Values.Select(run => run.BaseName).OfType<string>().Distinct().ToList())
        {
            foreach (var job in await jobs.InProgressAsync(name, cancellationToken))
            {
                seen[job.Name] = job;
            }
        }

        return seen;
    }

    private async Task ReadCheckpointsAsync(IReadOnlyDictionary<string, RunningJob> seen, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var due = _runs.Values.Where(run => seen.TryGetValue(run.JobName, out var job) && run.IsReadingDue(now, job.SecondaryStatus)).ToList();
        await Concurrently.ForEachAsync(due, (run, token) => ReadCheckpointsAsync(run, now, token), cancellationToken);
    }

    // What cannot be read now counts as not saved, so a move comes too early at worst; and nothing is called a stall.
    private async Task ReadCheckpointsAsync(WatchedRun run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var stored = await checkpoints.ReadAsync(run.Checkpoints, cancellationToken);
            var newest = stored.LastOrDefault(checkpoint => checkpoint.State == CheckpointState.Complete);
            run.Deadline?.Read(newest?.Step, newest?.Manifest?.TotalSteps, now + clients.Connection.PollingOptions.Checkpoints);
            run.Progress.Read(stored, now);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            // The next look reads them.
        }
    }

    // Runs that were driven are read again: they are closed, have another job, or wait for their next turn.
    private async Task TakeEndedAsync(Action<WatchNews> tell, CancellationToken cancellationToken)
    {
        foreach (var (runId, task) in _driven.Where(driven => driven.Value.IsCompleted).ToList())
        {
            var code = await task;
            var before = _runs[runId];
            if (await open.ReadAsync(runId, cancellationToken) is not { } run)
            {
                _runs.Remove(runId);
                if (!open.Unreadable.Any(known => known.RunId == runId))
                {
                    tell(new(WatchEvent.Closed, runId, $"exit code {(int)code}"));
                }
            }
            else
            {
                var next = new WatchedRun(run, clients.Connection.PollingOptions);
                next.Failures = code == ExitCode.StillRunning ? 0 : before.Failures + 1;
                next.DriveFrom = time.GetUtcNow() + WatchDecision.PauseAfter(next.Failures, clients.Connection.PollingOptions.Poll, LongestPause);
                _runs[runId] = next;
                if (next.Failures > 0)
                {
                    tell(new(WatchEvent.Failed, runId, $"exit code {(int)code}"));
                }
            }

            _driven.Remove(runId);
        }
    }

    // The end of a driven run is taken at once.
    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny([Task.Delay(pause, time, end.Token), .. _driven.Values]);
        await end.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }
}
