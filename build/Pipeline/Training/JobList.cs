using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Aws;
using BuildPipeline.Jobs;

namespace BuildPipeline.Training;

/// <summary>A job that runs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">Its status.</param>
/// <param name="SecondaryStatus">Its secondary status.</param>
/// <param name="CreatedAt">When the service accepted it.</param>
/// <param name="Arn">Its ARN.</param>
public sealed record RunningJob(string Name, string Status, string? SecondaryStatus, DateTimeOffset? CreatedAt, string Arn)
{
    /// <summary>The run that it belongs to, by its name; null if it belongs to none.</summary>
    public string? RunId => JobOrigin.Parse(Name)?.RunId;
}

/// <summary>Lists the jobs that run, by one request for each hundred of them.</summary>
public sealed class JobList(IAwsClients clients)
{
    /// <summary>Jobs whose names start with a base name and a hyphen, that run and were not asked to stop.</summary>
    /// <exception cref="PipelineException">The service refuses or does not answer.</exception>
    public Task<IReadOnlyList<RunningJob>> InProgressAsync(string baseName, CancellationToken cancellationToken) =>
        ListAsync(baseName, TrainingJobStatus.InProgress, cancellationToken);

    /// <summary>As <see cref="InProgressAsync"/>, those that were asked to stop.</summary>
    /// <exception cref="PipelineException">The service refuses or does not answer.</exception>
    public Task<IReadOnlyList<RunningJob>> StoppingAsync(string baseName, CancellationToken cancellationToken) =>
        ListAsync(baseName, TrainingJobStatus.Stopping, cancellationToken);

    private async Task<IReadOnlyList<RunningJob>> ListAsync(string baseName, TrainingJobStatus status, CancellationToken cancellationToken)
    {
        var start = baseName + "-";
        var jobs = new List<RunningJob>();
        var request = new ListTrainingJobsRequest { NameContains = start, StatusEquals = status, MaxResults = 100 };
        try
        {
            do
            {
                // The service cuts the pages before it filters them: an empty one does not mean the last.
                var page = await clients.SageMaker.ListTrainingJobsAsync(request, cancellationToken);
                jobs.AddRange((page.TrainingJobSummaries ?? []).Where(job => job.TrainingJobName.StartsWith(start, StringComparison.Ordinal)).Select(job => new RunningJob(
                    job.TrainingJobName, job.TrainingJobStatus.Value, job.SecondaryStatus?.Value, SdkTime.ToUtc(job.CreationTime), job.TrainingJobArn)));
                request.NextToken = page.NextToken;
            }
            while (request.NextToken is not null);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, $"listing the training jobs of {baseName}", clients.Connection);
        }

        return jobs;
    }
}
