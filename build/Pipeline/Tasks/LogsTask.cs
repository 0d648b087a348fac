using System.Globalization;
using BuildPipeline.Aws;
using BuildPipeline.JobLogs;
using BuildPipeline.Jobs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Cake.Frosting;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Shows the log of a run's training job.</summary>
[TaskName("Logs")]
[TaskDescription("Shows the log of a run's training job, running or ended.")]
public sealed class LogsTask(PipelineCall call, IAwsClients clients) : AsyncFrostingTask<PipelineContext>
{
    // A person waits for the next line.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private int _shown;

    /// <inheritdoc/>
    public override async Task RunAsync(PipelineContext context)
    {
        try
        {
            await ShowAsync(context.Cancellation);
        }
        catch (OperationCanceledException) when (call.Options.Follow && context.Cancellation.IsCancellationRequested)
        {
            // Nothing is left undone: this is how a person stops following.
        }
    }

    /// <summary>Shows all lines, or those of one node, in the order of time; with --follow until the job has ended. Changes nothing.</summary>
    /// <exception cref="PipelineException">The run has no such job or node (2), or the log cannot be read.</exception>
    /// <exception cref="OperationCanceledException">A signal came.</exception>
    public async Task ShowAsync(CancellationToken cancellationToken)
    {
        var (job, attempt) = Choose();
        var host = call.Options.Node is { } node ? $"algo-{node}" : null;
        var reader = new LogReader(new JobLog(clients, job.LogGroupName, attempt.JobName), host, Patience.For(clients.Connection, call.Time));
        try
        {
            await (call.Options.Follow ? FollowAsync(reader, attempt, cancellationToken) : ReadAsync(reader, cancellationToken));
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, $"reading the log of {attempt.JobName}", clients.Connection);
        }

        if (_shown == 0)
        {
            call.Console.Warn($"The log group {job.LogGroupName} has no lines from {host ?? "any node"} of {attempt.JobName}: nothing was written, or the retention period has passed.");
        }
    }

    // The end of the job is asked for before its log is read: what it wrote until then is read.
    private async Task FollowAsync(LogReader reader, AttemptRecord attempt, CancellationToken cancellationToken)
    {
        var polling = clients.Connection.PollingOptions;
        var (ended, contact) = (attempt.Outcome is not null, call.Time.GetUtcNow());
        while (true)
        {
            try
            {
                if (!ended && await HasEndedAsync(attempt.JobName, cancellationToken))
                {
                    await Task.Delay(polling.LogFlushDelay, call.Time, cancellationToken);
                    ended = true;
                }

                await ReadAsync(reader, cancellationToken);
                if (ended)
                {
                    return;
                }

                contact = call.Time.GetUtcNow();
            }
            catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken)
                && call.Time.GetUtcNow() - contact < (AwsErrors.IsTransient(exception) ? polling.ContactTimeout : polling.Refused))
            {
                // The next round continues with the next line.
            }

            await Task.Delay(TimeSpan.FromTicks(Math.Min(polling.Poll.Ticks, LongestPause.Ticks)), call.Time, cancellationToken);
        }
    }

    private async Task<bool> HasEndedAsync(string jobName, CancellationToken cancellationToken) =>
        Outcomes.From(await clients.SageMaker.DescribeTrainingJobAsync(new() { TrainingJobName = jobName }, cancellationToken)) is not null;

    private async Task ReadAsync(LogReader reader, CancellationToken cancellationToken)
    {
        await foreach (var line in reader.ReadAsync(cancellationToken))
        {
            _shown++;
            call.Console.WriteLog(string.Create(CultureInfo.InvariantCulture, $"{line.At?.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} [{line.Host}.{line.Attempt}]"), line.Text);
        }
    }

    private (TrainingJobSpec Job, AttemptRecord Attempt) Choose()
    {
        var run = call.Run;
        if (run.CurrentAttempt is not { } newest)
        {
            throw new PipelineException(TrainingErrors.NoTrainingJob, $"Run {run.RunId} has no training job, so it has no log.");
        }

        var attempt = call.Options.Attempt is { } number ? run.Attempts.FirstOrDefault(attempt => attempt.Number == number) : newest;
        if (attempt is null)
        {
            throw new PipelineException(JobLogErrors.NoSuchAttempt,
                $"Run {run.RunId} has no attempt {call.Options.Attempt}. It has: {string.Join(", ", run.Attempts.Select(known => $"{known.Number} ({known.JobName})"))}.");
        }

        var job = run.JobOf(attempt);
        return call.Options.Node > job.InstanceCount
            ? throw new PipelineException(JobLogErrors.NoSuchNode, $"{attempt.JobName} has no node {call.Options.Node}. Give a number from 1 to {job.InstanceCount}.")
            : (job, attempt);
    }
}
