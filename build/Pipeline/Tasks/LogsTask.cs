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
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => ShowAsync(context.Cancellation);

    /// <summary>Shows all lines, or those of one node, in the order of time; changes nothing.</summary>
    /// <exception cref="PipelineException">The run has no such job or node (2), or the log cannot be read.</exception>
    public async Task ShowAsync(CancellationToken cancellationToken)
    {
        var (job, attempt) = Choose();
        var host = call.Options.Node is { } node ? $"algo-{node}" : null;
        var lines = 0;
        try
        {
            var log = new JobLog(clients, job.LogGroupName, attempt.JobName);
            await foreach (var line in log.ReadAsync(host, Patience.For(clients.Connection, call.Time), cancellationToken))
            {
                lines++;
                call.Console.WriteLog(string.Create(CultureInfo.InvariantCulture, $"{line.At?.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} [{line.Host}.{line.Attempt}]"), line.Text);
            }
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, $"reading the log of {attempt.JobName}", clients.Connection);
        }

        if (lines == 0)
        {
            call.Console.Warn($"The log group {job.LogGroupName} has no lines from {host ?? "any node"} of {attempt.JobName}: nothing was written, or the retention period has passed.");
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
