using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Aws;
using BuildPipeline.Prices;

namespace BuildPipeline.Budgets;

/// <summary>Asks SageMaker what became of the jobs of a run; their names start with its own.</summary>
public sealed class SageMakerJobUsage(IAwsClients clients) : IJobUsage
{
    /// <inheritdoc/>
    public async Task<JobUsage> FindAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            // A bucket may serve several accounts, and these credentials see the jobs of one.
            if (entry.Region != clients.Connection.Region || entry.Account != (await clients.CheckCredentialsAsync(cancellationToken)).Account)
            {
                return new JobUsage(BillState.Unknown, null);
            }

            var jobs = await JobsAsync(entry.JobName, cancellationToken);
            return jobs.Count == 0 ? new JobUsage(BillState.NoJob, null)
                : jobs.Any(job => job.TrainingJobStatus == TrainingJobStatus.InProgress || job.TrainingJobStatus == TrainingJobStatus.Stopping) ? new JobUsage(BillState.Running, null)
                : new JobUsage(BillState.Ended, Used(entry, jobs));
        }
        catch (Exception exception) when (exception is PipelineException || AwsErrors.IsAwsError(exception, cancellationToken))
        {
            // An unknown status must not release the reservation.
            return new JobUsage(BillState.Unknown, null);
        }
    }

    private async Task<IReadOnlyList<DescribeTrainingJobResponse>> JobsAsync(string name, CancellationToken cancellationToken)
    {
        List<DescribeTrainingJobResponse> jobs = [];
        var listed = clients.SageMaker.Paginators.ListTrainingJobs(new ListTrainingJobsRequest { NameContains = name });
        await foreach (var summary in listed.TrainingJobSummaries.WithCancellation(cancellationToken))
        {
            if (summary.TrainingJobName.StartsWith(name, StringComparison.Ordinal))
            {
                jobs.Add(await clients.SageMaker.DescribeTrainingJobAsync(new DescribeTrainingJobRequest { TrainingJobName = summary.TrainingJobName }, cancellationToken));
            }
        }

        return jobs;
    }

    // A job that never got an instance has no times and costs nothing; one that ran and tells no bill, or on another type, is unknown.
    private static BudgetAmounts? Used(LedgerEntry entry, IReadOnlyList<DescribeTrainingJobResponse> jobs)
    {
        var (cost, gpuSeconds) = (Usd.Zero, 0m);
        foreach (var job in jobs)
        {
            if (entry.NodesOf(job.ResourceConfig?.InstanceType?.Value, job.ResourceConfig?.InstanceCount) is not var (gpus, rate)
                || (job.TrainingStartTime is not null && job.BillableTimeInSeconds is null))
            {
                return null;
            }

            cost += ActualCost.Calculate(job.BillableTimeInSeconds ?? 0, rate);
            gpuSeconds += gpus * (job.TrainingTimeInSeconds ?? 0);
        }

        return new BudgetAmounts(cost, decimal.Round(gpuSeconds / 3600, 4), 0);
    }
}
