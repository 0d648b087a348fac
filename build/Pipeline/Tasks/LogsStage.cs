using System.Globalization;
using BuildPipeline.Aws;
using BuildPipeline.Cli;
using BuildPipeline.JobLogs;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Shows the log of one of a run's jobs, whether it still runs or has ended.</summary>
public sealed class LogsStage(PipelineOptions options, RunSession session, IAwsClients clients, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Shows all lines, or those of one node, in the order of time; changes nothing.</summary>
    /// <exception cref="PipelineException">The run has no such job or node (2), or the log cannot be read.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (job, attempt) = Choose();
        var host = options.Node is { } node ? $"algo-{node}" : null;
        var lines = 0;
        try
        {
            var log = new JobLog(clients, job.LogGroupName, attempt.JobName);
            await foreach (var line in log.ReadAsync(host, Patience.For(clients.Connection, time), cancellationToken))
            {
                lines++;
                console.WriteLog(string.Create(CultureInfo.InvariantCulture, $"{line.At?.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} [{line.Host}.{line.Attempt}]"), line.Text);
            }
        }
        catch (Exception exception) when (AwsErrors.IsFromAws(exception, cancellationToken))
        {
            throw AwsErrors.Explain(exception, $"reading the log of {attempt.JobName}", clients.Connection);
        }

        if (lines == 0)
        {
            console.Warn($"The log group {job.LogGroupName} has no lines from {host ?? "any node"} of {attempt.JobName}: nothing was written, or the retention period has passed.");
        }
    }

    private (TrainingJobSpec Job, AttemptRecord Attempt) Choose()
    {
        var run = session.Run;
        if (run.CurrentAttempt is not { } newest)
        {
            throw new PipelineException(TrainingErrors.NoTrainingJob, $"Run {run.RunId} has no training job, so it has no log.");
        }

        var attempt = options.Attempt is { } number ? run.Attempts.FirstOrDefault(attempt => attempt.Number == number) : newest;
        if (attempt is null)
        {
            throw new PipelineException(JobLogErrors.NoSuchAttempt,
                $"Run {run.RunId} has no attempt {options.Attempt}. It has: {string.Join(", ", run.Attempts.Select(known => $"{known.Number} ({known.JobName})"))}.");
        }

        var job = run.JobOf(attempt);
        return options.Node > job.InstanceCount
            ? throw new PipelineException(JobLogErrors.NoSuchNode, $"{attempt.JobName} has no node {options.Node}. Give a number from 1 to {job.InstanceCount}.")
            : (job, attempt);
    }
}
