using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Aws;
using BuildPipeline.Jobs;

namespace BuildPipeline.Training;

/// <summary>Finds and stops the jobs of an environment.</summary>
public sealed class JobStopper(IAwsClients clients, TimeProvider time)
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
    /// <param name="jobName">The job.</param>
    /// <param name="askedAt">When it was asked to stop; null is now.</param>
    /// <returns>The job as it ended; null if it does not exist.</returns>
    /// <exception cref="PipelineException">It did not end within 15 minutes of that moment, or the service refuses or does not answer.</exception>
    public async Task<DescribeTrainingJobResponse?> WaitUntilEndedAsync(string jobName, DateTimeOffset? askedAt, CancellationToken cancellationToken)
    {
        var until = (askedAt ?? time.GetUtcNow()) + LongestStop;
        try
        {
            while (true)
            {
                var job = await clients.SageMaker.FindTrainingJobAsync(jobName, cancellationToken);
                if (job is null || Outcomes.From(job) is not null)
                {
                    return job;
                }

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

    /// <summary>The jobs that run under a base name, whether a run or Terraform alone submitted them.</summary>
    /// <param name="baseName">The base of the jobs' names, to which each run appends its id, and Terraform a hash.</param>
    /// <exception cref="PipelineException">The service refuses or does not answer.</exception>
    public async Task<IReadOnlyList<RunningJob>> ListRunningAsync(string baseName, CancellationToken cancellationToken) =>
        [.. (await ListNamedAsync(baseName, cancellationToken)).Where(job => JobOrigin.Parse(job.Name)?.Base == baseName)];

    /// <summary>The jobs that run and whose names start with a base name and a hyphen, other environments' included; by name.</summary>
    /// <exception cref="PipelineException">The service refuses or does not answer.</exception>
    public async Task<IReadOnlyList<RunningJob>> ListNamedAsync(string baseName, CancellationToken cancellationToken)
    {
        var jobs = new JobList(clients);
        List<RunningJob> found = [.. await jobs.InProgressAsync(baseName, cancellationToken), .. await jobs.StoppingAsync(baseName, cancellationToken)];
        return [.. found.DistinctBy(job => job.Name).OrderBy(job => job.Name, StringComparer.Ordinal)];
    }

    /// <summary>The tags of a job.</summary>
    /// <exception cref="PipelineException">The service refuses or does not answer.</exception>
    public async Task<IReadOnlyDictionary<string, string>> TagsAsync(RunningJob job, CancellationToken cancellationToken)
    {
        try
        {
            return await JobTags.ReadAsync(clients.SageMaker, job.Arn, cancellationToken);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, $"reading the tags of the training job {job.Name}", clients.Connection);
        }
    }

    /// <summary>True if a job exists and has not ended.</summary>
    public async Task<bool> IsRunningAsync(string jobName, CancellationToken cancellationToken) =>
        await clients.SageMaker.FindTrainingJobAsync(jobName, cancellationToken) is { } job && Outcomes.From(job) is null;
}
