using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Nodes;

namespace BuildPipeline.Sandbox.SageMaker.Execution;

/// <summary>Takes one job from where it is to its end: waits for capacity, runs attempts, survives interruptions, stops.</summary>
internal sealed class JobExecution
{
    // Longer than any job may run, and short enough for a timer.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(45);

    private const string NoCapacity = "Insufficient capacity error from EC2 while launching instances, retrying!";

    private readonly JobPlatform _platform;
    private readonly string _arn;
    private readonly MetricScanner _metrics;
    private readonly TaskCompletionSource _stop = new();
    private InstanceCapacity? _capacity;

    public JobExecution(JobPlatform platform, TrainingJob job)
    {
        (_platform, _arn) = (platform, job.Arn);
        _metrics = new MetricScanner(job, platform.Stores.Metrics.In(job.Region), platform.Time);
    }

    /// <summary>Ends when the job does, or at a cancellation, which leaves the job to be resumed.</summary>
    public async Task RunAsync(CancellationToken shutdown)
    {
        try
        {
            TakeUp();
            _capacity = new InstanceCapacity(_platform, Job);
            await using var wait = Job.Request.MaxWait is { } most
                ? Timer(Job.CreationTime + most - Now, () => Stop(Phase.MaxWaitTimeExceeded))
                : null;
            while (!Job.IsOver)
            {
                await TryAsync(shutdown);
            }
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            Change(job => job with { LastSeen = Now });
        }
        catch (JobFailure failure)
        {
            End(job => job.Fail(failure.Message, Now));
        }
        catch (Exception exception) when (IsInternal(exception))
        {
            var what = exception is JobInternalError ? "" : "the sandbox could not continue the job: ";
            End(job => job.Fail($"InternalServerError: {what}{exception.Message}", Now));
        }
        finally
        {
            if (Job.IsOver)
            {
                _platform.Host.ClearJobFolder(Job);
            }
        }
    }

    /// <summary>Asks the job to stop, for the reason that it will end with; a second reason changes nothing.</summary>
    public void Stop(Phase end)
    {
        Change(job => job.Status == JobStatus.InProgress ? job.BeginStop(end, Now) : job);
        _stop.TrySetResult();
    }

    /// <summary>A job that an earlier sandbox process worked on has lost its instances with it.</summary>
    private void TakeUp()
    {
        if (Job.Status == JobStatus.Stopping)
        {
            EndStopped(model: null, Job.LastSeen);
        }
        else if (Job.Phase is not Phase.Starting)
        {
            const string Message = "Training job interrupted: the sandbox was restarted";
            Change(job => job.Phase == Phase.Interrupted ? job : job.Enter(Phase.Interrupted, Message, job.LastSeen ?? Now));
            EnterPhase(Phase.Starting, TrainingJob.StartMessage);
        }
    }

    /// <summary>One launch and attempt. An InternalServerError within it is the start of another one, as often as the RetryStrategy says.</summary>
    private async Task TryAsync(CancellationToken shutdown)
    {
        try
        {
            if (await LaunchAsync(shutdown))
            {
                await AttemptAsync(shutdown);
            }
        }
        catch (Exception exception) when (IsInternal(exception) && Job.CanRetry)
        {
            Change(job => job.Status == JobStatus.InProgress ? job.Retry(Now) : job);
        }
    }

    private static bool IsInternal(Exception exception) =>
        exception is JobInternalError or IOException or AwsError or UnauthorizedAccessException or FormatException;

    private DateTimeOffset Now => _platform.Time.GetUtcNow();

    private TrainingJob Job => _platform.Stores.Jobs.Find(_arn)!;

    /// <summary>Waits until instances are there.</summary>
    /// <returns>False if the job ended instead.</returns>
    private async Task<bool> LaunchAsync(CancellationToken shutdown)
    {
        await PauseAsync(_platform.Settings.Starting, shutdown);
        while (!_stop.Task.IsCompleted && _capacity!.Wait() is { } wait)
        {
            if (!Job.Request.EnableManagedSpotTraining)
            {
                throw new JobFailure(
                    "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.");
            }

            Change(job => job.Status == JobStatus.InProgress ? job.Say(NoCapacity, Now) : job);
            await PauseAsync(wait, shutdown);
        }

        if (!_stop.Task.IsCompleted && Job.Request.InfraCheckConfig is { EnableInfraCheck: true })
        {
            Change(job => job.Status == JobStatus.InProgress ? job.Say("Preparing the instances for training", Now) : job);
            await PauseAsync(_platform.Settings.InfraCheck, shutdown);
        }

        if (!_stop.Task.IsCompleted)
        {
            return true;
        }

        EndStopped(model: null);
        return false;
    }

    private async Task AttemptAsync(CancellationToken shutdown)
    {
        var interrupted = new TaskCompletionSource();
        var job = Change(job => job.Status == JobStatus.InProgress
            ? (job with { Attempts = job.Attempts + 1 }).Enter(Phase.Downloading, "Downloading input data", Now)
            : job);
        if (job.Status != JobStatus.InProgress)
        {
            return;
        }

        _platform.Roles.RequireStart(job);
        await using var runtime = Timer(job.Request.MaxRuntime - job.WorkedTime(Now), () => Stop(Phase.MaxRuntimeExceeded));
        await using var reclaim = _capacity!.Left() is { } left
            ? Timer(left, () => interrupted.TrySetResult())
            : null;
        await using var cluster = new NodeCluster(_platform, job, _metrics, file => NoteCheckpoint(file, interrupted));

        using var preparing = CancellationTokenSource.CreateLinkedTokenSource(shutdown);
        var prepared = cluster.PrepareAsync(preparing.Token);
        await Task.WhenAny(prepared, _stop.Task, interrupted.Task);
        if (!prepared.IsCompleted)
        {
            preparing.Cancel();
            await ((Task)prepared).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await LeaveAsync(cluster, shutdown);
            return;
        }

        await prepared;
        await TrainAsync(cluster, interrupted, shutdown);
    }

    private async Task TrainAsync(NodeCluster cluster, TaskCompletionSource interrupted, CancellationToken shutdown)
    {
        const string InProgress = "Training image download completed. Training in progress.";
        EnterPhase(Phase.Training, cluster.NotEnforced?.AppendTo(InProgress) ?? InProgress);
        await using var planned = Job.NextInterruption?.Training is { } after
            ? Timer(after, () => Interrupt(interrupted))
            : null;
        var ended = cluster.StartAsync();
        var broken = new TaskCompletionSource();
        // A restart of the sandbox counts as an interruption from the last beat on, so the time in between is not charged.
        var interval = _platform.Settings.Sampling;
        await using var beat = _platform.Time.CreateTimer(_ => Beat(broken), null, interval, interval);
        await Task.WhenAny(ended, _stop.Task, interrupted.Task, broken.Task).WaitAsync(shutdown);
        if (broken.Task.IsCompleted && !_stop.Task.IsCompleted)
        {
            throw new JobInternalError("We encountered an internal error. Please try again.");
        }

        if (_stop.Task.IsCompleted || !ended.IsCompleted)
        {
            await LeaveAsync(cluster, shutdown);
        }
        else if (cluster.ExitCodes.Values.Any(code => code != 0))
        {
            throw new JobFailure(await cluster.FailureAsync(shutdown));
        }
        else
        {
            await CompleteAsync(cluster, shutdown);
        }
    }

    private async Task CompleteAsync(NodeCluster cluster, CancellationToken shutdown)
    {
        await cluster.KillAsync();
        EnterPhase(Phase.Uploading, "Uploading generated training model");
        var model = await cluster.SaveAsync(shutdown);
        if (_stop.Task.IsCompleted)
        {
            EndStopped(model);
        }
        else
        {
            End(job => job.Finish(JobStatus.Completed, Phase.Completed, "Training job completed", Now) with { ModelArtifacts = model });
        }
    }

    /// <summary>Gives the instances up before their programs have ended: stopped by request, or taken away.</summary>
    private async Task LeaveAsync(NodeCluster cluster, CancellationToken shutdown)
    {
        if (_stop.Task.IsCompleted)
        {
            await cluster.StopAsync(shutdown);
            EndStopped(cluster.HasStarted ? await cluster.SaveAsync(shutdown) : null);
            return;
        }

        await cluster.KillAsync();
        EnterPhase(Phase.Interrupted, "Training job interrupted: the spot instances were reclaimed");
        await PauseAsync(_platform.Settings.Interrupted, shutdown);
        EnterPhase(Phase.Starting, TrainingJob.StartMessage);
    }

    private void Interrupt(TaskCompletionSource interrupted)
    {
        if (interrupted.TrySetResult())
        {
            Change(job => job with { InterruptionsTaken = job.InterruptionsTaken + 1 });
        }
    }

    private void NoteCheckpoint(string file, TaskCompletionSource interrupted)
    {
        if (Path.GetFileName(file) != CheckpointSync.Manifest || Job.Checkpoints?.Contains(file) == true)
        {
            return;
        }

        var job = Change(job => job with { Checkpoints = [.. job.Checkpoints ?? [], file] });
        if (Job.NextInterruption?.Checkpoints <= job.Checkpoints!.Count)
        {
            Interrupt(interrupted);
        }
    }

    private void Beat(TaskCompletionSource broken)
    {
        Change(job => job.IsOver ? job : job with { LastSeen = Now, FinalMetrics = _metrics.Latest });
        if (Job.Phase == Phase.Training && _platform.Meets(FaultKind.JobInternalError, Job))
        {
            broken.TrySetResult();
        }
    }

    private void EnterPhase(Phase phase, string message) =>
        Change(job => job.Status == JobStatus.InProgress ? job.Enter(phase, message, Now) : job);

    private void EndStopped(string? model, DateTimeOffset? at = null) =>
        End(job => job.Finish(JobStatus.Stopped, job.StopPhase!.Value, "Training job stopped", at ?? Now) with { ModelArtifacts = model });

    private void End(Func<TrainingJob, TrainingJob> end) => Change(job => job.IsOver ? job : end(job) with { FinalMetrics = _metrics.Latest });

    private TrainingJob Change(Func<TrainingJob, TrainingJob> change) => _platform.Stores.Jobs.Update(_arn, change);

    private Task PauseAsync(TimeSpan length, CancellationToken shutdown) =>
        Task.WhenAny(Task.Delay(length, _platform.Time, shutdown), _stop.Task).Unwrap();

    private ITimer Timer(TimeSpan due, Action action) => _platform.Time.CreateTimer(
        _ => action(), null, TimeSpan.FromTicks(Math.Clamp(due.Ticks, 0, LongestTimer.Ticks)), Timeout.InfiniteTimeSpan);
}
