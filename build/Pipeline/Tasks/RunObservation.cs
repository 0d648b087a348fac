using BuildPipeline.Aws;
using BuildPipeline.Jobs;
using BuildPipeline.Observability;
using BuildPipeline.Reporting;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>Lets others see that a run is followed, and how it does: its metrics once a minute, and an alarm for the case that nobody follows it. Nothing of it fails a run or holds it up for long.</summary>
/// <remarks>docs/decisions/0013-heartbeat-alarm.md</remarks>
public sealed class RunObservation(PipelineCall call, IAwsClients clients, MetricPublisher publisher, RunAlarms alarms)
{
    /// <summary>What one call may take.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly HashSet<string> _told = [];
    private readonly UntoldWarnings _warnings = new();
    private volatile JobProgress? _seen;

    /// <summary>Publishes while a launch works on the run's jobs, and sets the alarm of the run. At the end the alarm goes; where the launch left a running job on purpose, it waits for longer; and where the launch ended otherwise, it goes off.</summary>
    /// <param name="launch">Submits and follows the jobs.</param>
    /// <exception cref="Exception">What the launch throws, and nothing else.</exception>
    public async Task DuringAsync(Func<Task> launch, CancellationToken cancellationToken)
    {
        if (call.Run.Job?.Alarms is not { } settings || !(call.Run.CurrentAttempt is null || call.Run.HasOpenJob))
        {
            await launch();
            return;
        }

        var run = ObservedRun.From(call.Run.Job, call.Run.RunId);
        await PublishAsync(run, cancellationToken);
        await SetAsync(HeartbeatAlarm.Followed(run, settings, Command), run, settings, cancellationToken);
        var isLeft = false;
        try
        {
            await using var publishing = new Repetition(token => PublishAsync(run, token), clients.Connection.PollingOptions.Metrics, call.Time);
            await launch();
        }
        catch (PipelineException exception) when (exception.Code == TrainingErrors.StillRunning)
        {
            isLeft = true;
            throw;
        }
        finally
        {
            await EndAsync(run, settings, isLeft);
        }
    }

    /// <summary>Takes the newest look at the job; the next publication has it.</summary>
    /// <returns>Sentences that the person who follows has not been told yet.</returns>
    public IReadOnlyList<string> Saw(JobProgress progress)
    {
        _seen = progress;
        return _warnings.Take();
    }

    private string Command => call.Hints.For("Launch", $"--run={call.Run.RunId}");

    private Task PublishAsync(ObservedRun run, CancellationToken cancellationToken) => TryAsync("publishing the metrics of the run", async token =>
    {
        var now = call.Time.GetUtcNow();
        await publisher.PublishAsync(run, RunMetricsView.Create(call.Run, _seen, now), now, token);
    }, cancellationToken);

    // Where the run was not ended and not left, the alarm stays: nobody follows the run, or another process does, which has set it.
    private async Task EndAsync(ObservedRun run, AlarmSpec settings, bool isLeft)
    {
        if (!call.Run.HasOpenJob)
        {
            await SetAsync(null, run, settings, CancellationToken.None);
        }
        else if (isLeft)
        {
            await SetAsync(HeartbeatAlarm.Detached(run, settings, Command), run, settings, CancellationToken.None);
        }

        _warnings.Show(call.Console);
    }

    private async Task SetAsync(HeartbeatAlarm? alarm, ObservedRun run, AlarmSpec settings, CancellationToken cancellationToken)
    {
        if (!settings.HasHeartbeat)
        {
            return;
        }

        var name = HeartbeatAlarm.NameOf(run);
        var isDone = await TryAsync(
            alarm is null ? $"deleting the alarm {name}" : $"setting the alarm {name}",
            token => alarm is null ? alarms.DeleteAsync([name], token) : alarms.SetAsync(alarm, run, settings.TopicArn, token),
            cancellationToken);
        if (isDone)
        {
            await NoteAsync(alarm is null ? "alarm.deleted" : "alarm.set", new { Name = name, alarm?.Period, alarm?.Periods }, cancellationToken);
        }
    }

    private async Task NoteAsync(string kind, object detail, CancellationToken cancellationToken)
    {
        try
        {
            await call.Session.NoteAsync(kind, detail, cancellationToken);
        }
        catch (PipelineException)
        {
            // The alarm's name tells whose it is, with or without a note.
        }
    }

    private async Task<bool> TryAsync(string what, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = new CancellationTokenSource(Limit, call.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            await work(either.Token);
            return true;
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            var failure = AwsErrors.ToPipelineException(exception, what, clients.Connection);
            Warn($"{what}: {failure.Code.Id}", $"{failure.Message} The run is not affected, but nobody is told if it needs a person.");
            return false;
        }
    }

    // Once for each cause, however its sentence differs from minute to minute.
    private void Warn(string cause, string sentence)
    {
        lock (_told)
        {
            if (_told.Add(cause))
            {
                _warnings.Add(sentence);
            }
        }
    }
}
