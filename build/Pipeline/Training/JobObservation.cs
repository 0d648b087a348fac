using Amazon.SageMaker.Model;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.JobLogs;
using BuildPipeline.Jobs;
using BuildPipeline.Stalls;

namespace BuildPipeline.Training;

/// <summary>What is known of a job between one look and the next.</summary>
internal sealed class JobObservation
{
    /// <summary>The S3 client has no timeout, and a read that hangs must not hide the status.</summary>
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromMinutes(3);

    private readonly ITrainingRun _run;
    private readonly IAwsClients _clients;
    private readonly PollingOptions _polling;
    private readonly TimeProvider _time;
    private readonly LogBook _log;
    private readonly CheckpointMonitor _checkpoints;
    private readonly UtilizationMonitor _utilization;
    private LoggedSteps _logged;
    private DateTimeOffset _lastContact;
    private string? _reason;
    private bool _keeps = true;
    private bool _measures = true;

    public JobObservation(ITrainingRun run, IAwsClients clients, CheckpointMonitor checkpoints, UtilizationMonitor utilization, TimeProvider time)
    {
        Attempt = run.CurrentAttempt ?? throw new ArgumentException("The run has no attempt.", nameof(run));
        (_run, _clients, _polling, _time) = (run, clients, clients.Connection.PollingOptions, time);
        _log = new(run.Job!, Attempt.JobName, clients, _polling, time);
        (_checkpoints, _utilization) = (checkpoints, utilization);
        _lastContact = time.GetUtcNow();
        _logged = new(_lastContact, null, null);
        Pause = _polling.Poll;
    }

    /// <summary>The attempt as last described.</summary>
    public AttemptRecord Attempt { get; private set; }

    /// <summary>How long to wait before the next look; longer while the service throttles.</summary>
    public TimeSpan Pause { get; private set; }

    // The approval covers the cost of the earlier jobs too.
    private Usd? Earlier => AttemptRecord.CostOf(_run.Attempts.SkipLast(1));

    private Usd? Rate => _run.RateOf(Attempt);

    /// <summary>True if an answer says something that the record does not have yet.</summary>
    public static bool IsNews(AttemptRecord before, AttemptRecord after) =>
        (before.JobArn, before.Status, before.SecondaryStatus, before.FailureReason, before.TrainingSeconds, before.BillableSeconds,
            before.Outcome, before.ModelArtifacts)
        != (after.JobArn, after.Status, after.SecondaryStatus, after.FailureReason, after.TrainingSeconds, after.BillableSeconds,
            after.Outcome, after.ModelArtifacts)
        || !before.Transitions.SequenceEqual(after.Transitions);

    /// <summary>Reads status, checkpoints and log, in the order of their weight: what fails to be read hides nothing else.</summary>
    public async Task<JobProgress> LookAsync(CancellationToken cancellationToken)
    {
        var notices = new List<string>();
        await DescribeAsync(notices, cancellationToken);
        var ended = Attempt.Outcome is not null;
        await TryAsync("reading the checkpoints", token => _checkpoints.LookAsync(ended, token), notices, cancellationToken);
        if (_keeps)
        {
            // One notice is enough, here and below: what is denied stays denied.
            _keeps = await TryAsync("copying the checkpoints' manifests", token => _checkpoints.KeepAsync(ended, token), notices, cancellationToken);
        }

        if (_measures && !ended)
        {
            _measures = await TryAsync("reading the metrics of the nodes", token => _utilization.LookAsync(Attempt, token), notices, cancellationToken);
        }

        var lines = new List<LogLine>();
        if (!ended)
        {
            await TryAsync("reading the log", async token => lines.AddRange(await _log.ReadNewAsync(token)), notices, cancellationToken);
            Attempt = WithProgress();
            return Progress(lines, notices, unread: null);
        }

        var unread = await _log.ReadRestAsync(lines, cancellationToken);
        Attempt = WithProgress();
        if (Attempt.Outcome == OutcomeKind.Failed)
        {
            Attempt = Attempt with { FailureLog = _log.Failure(_reason) };
        }

        return Progress(lines, notices, unread);
    }

    // What the record shows of a job that nobody followed before, too.
    private AttemptRecord WithProgress()
    {
        var reported = _log.Metrics.Step ?? Attempt.LastStep;
        return Attempt with
        {
            LastStep = Attempt.Outcome is null ? reported : new[] { reported, _checkpoints.NewestStep }.Max(),
            KeptCheckpoints = _checkpoints.Kept ?? Attempt.KeptCheckpoints,
        };
    }

    private async Task DescribeAsync(List<string> notices, CancellationToken cancellationToken)
    {
        try
        {
            var request = new DescribeTrainingJobRequest { TrainingJobName = Attempt.JobName };
            var job = await _clients.SageMaker.DescribeTrainingJobAsync(request, cancellationToken);
            Attempt = JobState.Seen(Attempt, job, Rate);
            _reason = job.FailureReason;
            _lastContact = _time.GetUtcNow();
            Pause = _polling.Poll;
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            var failure = AwsErrors.ToPipelineException(exception, $"checking the training job {Attempt.JobName}", _clients.Connection);
            RequireContact(exception, failure);
            Pause = TimeSpan.FromTicks(Math.Min(Pause.Ticks * 2, _polling.MaxPollInterval.Ticks));
            notices.Add($"{failure.Message} (No response since {_lastContact:HH:mm:ss} UTC. The job keeps running.)");
        }
    }

    private void RequireContact(Exception exception, PipelineException failure)
    {
        var silence = _time.GetUtcNow() - _lastContact;
        if (silence < (AwsErrors.IsTransient(exception) ? _polling.ContactTimeout : _polling.Refused))
        {
            return;
        }

        throw AwsErrors.IsEndOfCredentials(exception) ? failure
            : AwsErrors.Classify(exception) == AwsErrorKind.NotFound
            ? new PipelineException(TrainingErrors.JobDeleted, $"The training job {Attempt.JobName} no longer exists; it was deleted.", exception)
            : new PipelineException(TrainingErrors.NoContact,
                $"{failure.Message} There was no response for {silence.InWords()}. The job may still be running; run this again to follow it.",
                exception);
    }

    /// <returns>False if trying again would not help.</returns>
    private async Task<bool> TryAsync(string what, Func<CancellationToken, Task> look, List<string> notices, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = new CancellationTokenSource(ReadTimeout, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            await look(either.Token);
            return true;
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            // Worth a notice only where it does not pass with time, or at the end, when nothing is read again.
            if (!AwsErrors.IsTransient(exception) || Attempt.Outcome is not null)
            {
                notices.Add(AwsErrors.ToPipelineException(exception, what, _clients.Connection).Message);
            }

            return AwsErrors.IsTransient(exception);
        }
    }

    private JobProgress Progress(List<LogLine> lines, List<string> notices, string? unread)
    {
        var ended = Attempt.Outcome is not null;
        var now = ended && Attempt.Transitions is [.., { EndedAt: { } end }] ? end : _time.GetUtcNow();
        _logged = _logged.Saw(_log.Metrics.Step, now);
        return new()
        {
            JobName = Attempt.JobName,
            Nodes = _run.JobOf(Attempt).Nodes(),
            Status = Attempt.Status ?? "Unknown",
            SecondaryStatus = Attempt.SecondaryStatus ?? "Unknown",
            StatusMessage = Attempt.Transitions.Count == 0 ? null : Attempt.Transitions[^1].Message,
            CapacityState = JobState.CapacityState(Attempt),
            Interruptions = JobState.Count(Attempt, InterruptionCause.Spot),
            Retries = JobState.Count(Attempt, InterruptionCause.InternalError),
            Step = _log.Metrics.Step,
            TotalSteps = _checkpoints.Saved.TotalSteps,
            Loss = _log.Metrics.Loss,
            TokensPerSecond = _log.Metrics.TokensPerSecond,
            CheckpointStep = _checkpoints.NewestStep,
            Verdict = _checkpoints.ReadAt is { } readAt ? _checkpoints.Saved.Judge(SavedSteps.TrainingOf([.. _run.Attempts.SkipLast(1), Attempt]), Attempt.Checkpoints, _polling, _logged, readAt) : null,
            Manifests = _checkpoints.Manifests,
            CheckpointCount = _checkpoints.Count,
            Utilization = ended ? [] : _utilization.Nodes,
            Elapsed = now - (Attempt.SubmittedAt ?? now),
            RatePerHour = Rate,
            Spend = Earlier + JobState.SpendAtMost(Attempt, Rate, now),
            Billed = ended ? Earlier + Attempt.Cost : null,
            Ceiling = _run.Subject?.Ceiling ?? _run.Cost?.Ceiling,
            NewLogLines = lines,
            UnreadLog = unread,
            Notices = notices,
        };
    }
}
