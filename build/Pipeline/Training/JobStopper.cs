using System.Text.RegularExpressions;
using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Aws;

namespace BuildPipeline.Training;

/// <summary>A job that runs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">Its status.</param>
/// <param name="SecondaryStatus">Its secondary status.</param>
/// <param name="CreatedAt">When the service accepted it.</param>
/// <param name="RunId">The run that it belongs to, by its name.</param>
public sealed record RunningJob(string Name, string Status, string? SecondaryStatus, DateTimeOffset? CreatedAt, string RunId);

/// <summary>Finds and stops the jobs of an environment.</summary>
public sealed partial class JobStopper(IAwsClients clients, TimeProvider time)
{
    /// <summary>The service gives a program 120 s to end, and then uploads what it left.</summary>
    private static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(15);

    /// <summary>Asks the service to stop a job; one that has ended already, or does not exist, is fine.</summary>
    /// <returns>True if the service took the request.</returns>
    /// <exception cref="PipelineException">The service refuses or does not answer.</exception>
    public async Task<bool> StopAsync(string jobName, CancellationToken cancellationToken)
    {
        try
        {
            if (await clients.SageMaker.FindTrainingJobAsync(jobName, cancellationToken) is not { } job || Outcomes.From(job) is not null)
            {
                return false;
            }

            await clients.SageMaker.StopTrainingJobAsync(new StopTrainingJobRequest { TrainingJobName = jobName }, cancellationToken);
            return true;
        }
        catch (AmazonSageMakerException exception) when (AwsErrors.Classify(exception) is AwsErrorKind.Invalid or AwsErrorKind.NotFound)
        {
            // It ended between the two questions.
            return false;
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, $"stopping the training job {jobName}", clients.Connection);
        }
    }

    /// <summary>Waits until a job has ended.</summary>
    /// <exception cref="PipelineException">It did not end in 15 minutes, or the service refuses or does not answer.</exception>
    public async Task WaitUntilEndedAsync(string jobName, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + LongestStop;
        try
        {
            while (await clients.SageMaker.FindTrainingJobAsync(jobName, cancellationToken) is { } job && Outcomes.From(job) is null)
            {
                if (time.GetUtcNow() >= until)
                {
                    throw new PipelineException(TrainingErrors.NotStopped,
                        $"The training job {jobName} did not stop within {LongestStop.TotalMinutes:0} min ({job.SecondaryStatus}). Run this again.");
                }

                await Task.Delay(clients.Connection.PollingOptions.Poll, time, cancellationToken);
            }
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, $"waiting for the end of the training job {jobName}", clients.Connection);
        }
    }

    /// <summary>The jobs that run under a base name, whatever run they belong to.</summary>
    /// <param name="baseName">The base of the jobs' names, to which each run appends its id.</param>
    /// <exception cref="PipelineException">The service refuses or does not answer.</exception>
    public async Task<IReadOnlyList<RunningJob>> ListRunningAsync(string baseName, CancellationToken cancellationToken)
    {
        var jobs = new List<RunningJob>();
        try
        {
            foreach (var status in new[] { TrainingJobStatus.InProgress, TrainingJobStatus.Stopping })
            {
                await ListAsync(baseName, status, jobs, cancellationToken);
            }
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, $"listing the training jobs of {baseName}", clients.Connection);
        }

        return [.. jobs.OrderBy(job => job.Name, StringComparer.Ordinal)];
    }

    private async Task ListAsync(string baseName, TrainingJobStatus status, List<RunningJob> jobs, CancellationToken cancellationToken)
    {
        var request = new ListTrainingJobsRequest { NameContains = baseName, StatusEquals = status, MaxResults = 100 };
        do
        {
            // The service cuts the pages before it filters them: an empty one does not mean the last.
            var page = await clients.SageMaker.ListTrainingJobsAsync(request, cancellationToken);
            jobs.AddRange((page.TrainingJobSummaries ?? [])
                .Where(job => job.TrainingJobName.StartsWith(baseName, StringComparison.Ordinal)
                    && RunIdPart().IsMatch(job.TrainingJobName[baseName.Length..])
                    && jobs.TrueForAll(known => known.Name != job.TrainingJobName))
                .Select(job => new RunningJob(
                    job.TrainingJobName, job.TrainingJobStatus.Value, job.SecondaryStatus?.Value, SdkTime.ToUtc(job.CreationTime),
                    RunIdPart().Match(job.TrainingJobName[baseName.Length..]).Groups[1].Value)));
            request.NextToken = page.NextToken;
        }
        while (request.NextToken is not null);
    }

    /// <summary>True if a job exists and has not ended.</summary>
    public async Task<bool> IsRunningAsync(string jobName, CancellationToken cancellationToken) =>
        await clients.SageMaker.FindTrainingJobAsync(jobName, cancellationToken) is { } job && Outcomes.From(job) is null;

    [GeneratedRegex(@"^-(\d{8}-\d{6}-[a-z0-9]{4})(-a\d+)?$")]
    private static partial Regex RunIdPart();
}
