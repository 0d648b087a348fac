using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Aws;
using BuildPipeline.Jobs;
using BuildPipeline.Spot;
using BuildPipeline.Training;

namespace BuildPipeline.Runs;

/// <summary>Finds the jobs of a run by their names, which follow from the run's ID: a record that was lost, or is older than the launch, does not know them.</summary>
/// <param name="clients">Clients of the job's region.</param>
public sealed class JobFinder(IAwsClients clients)
{
    /// <summary>The run with every job that exists under one of its names.</summary>
    /// <param name="run">The run, planned.</param>
    /// <returns>The same record where it knows them all.</returns>
    /// <exception cref="PipelineException">A job of that name is somebody else's (2), or the service refuses or does not answer.</exception>
    public async Task<RunRecord> FindAsync(RunRecord run, CancellationToken cancellationToken)
    {
        var job = run.Job ?? throw new ArgumentException("The run has no job.", nameof(run));
        var attempts = run.Attempts.ToDictionary(attempt => attempt.Number);
        try
        {
            // A number can be missing where a service quota refused the job on one rung.
            for (int number = 1, missing = 0; missing <= job.Rungs().Count && JobNames.CanName(job, run.RunId, number); number++)
            {
                var known = attempts.GetValueOrDefault(number);
                var found = known is null ? await AttemptAsync(run, job, number, cancellationToken) : null;
                missing = known is null && found is null ? missing + 1 : 0;
                if (found is not null)
                {
                    attempts[number] = found;
                }
            }

            return attempts.Count == run.Attempts.Count ? run : await WithAsync(run, [.. attempts.Values.OrderBy(attempt => attempt.Number)], cancellationToken);
        }
        catch (Exception exception) when (AwsErrors.IsFromAws(exception, cancellationToken))
        {
            throw AwsErrors.Explain(exception, $"looking for the training jobs of run {run.RunId}", clients.Connection);
        }
    }

    private async Task<RunRecord> WithAsync(RunRecord run, List<AttemptRecord> attempts, CancellationToken cancellationToken)
    {
        // A job that has a successor has ended, whether or not its end was recorded.
        for (var i = 0; i < attempts.Count - 1; i++)
        {
            if (attempts[i].Outcome is null && await DescribeAsync(attempts[i].JobName, cancellationToken) is { } job)
            {
                var seen = JobState.Seen(attempts[i], job, run.Cost?.RateOf(attempts[i].Rung));
                attempts[i] = seen.Outcome == OutcomeKind.Stopped ? seen with { Outcome = OutcomeKind.Moved } : seen;
            }
        }

        return run with { Attempts = attempts, Stage = RunStage.Launched };
    }

    private async Task<AttemptRecord?> AttemptAsync(RunRecord run, TrainingJobSpec job, int number, CancellationToken cancellationToken)
    {
        var name = JobNames.NameOf(job, run.RunId, number);
        if (await DescribeAsync(name, cancellationToken) is not { } found)
        {
            return null;
        }

        JobTags.RequireOwn(name, await JobTags.ReadAsync(clients.SageMaker, found.TrainingJobArn, cancellationToken), JobRequest.OwnTags(run));
        var rung = job.Rungs().Select((nodes, index) => (nodes, index))
            .FirstOrDefault(pair => pair.nodes.InstanceType == found.ResourceConfig?.InstanceType?.Value && pair.nodes.InstanceCount == found.ResourceConfig?.InstanceCount);
        return new()
        {
            Number = number,
            JobName = name,
            Market = found.EnableManagedSpotTraining == true ? Market.Spot : Market.OnDemand,
            Rung = rung.index + 1,
            IntentAt = SdkTime.ToUtc(found.CreationTime) ?? run.StartedAt,
            SubmittedAt = SdkTime.ToUtc(found.CreationTime),
            Adopted = true,
            JobArn = found.TrainingJobArn,
            MaxRuntimeSeconds = found.StoppingCondition?.MaxRuntimeInSeconds ?? job.MaxRuntimeSeconds,
        };
    }

    private async Task<DescribeTrainingJobResponse?> DescribeAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await clients.SageMaker.DescribeTrainingJobAsync(new DescribeTrainingJobRequest { TrainingJobName = name }, cancellationToken);
        }
        catch (AmazonSageMakerException exception) when (AwsErrors.Classify(exception) == AwsFault.NotFound)
        {
            return null;
        }
    }
}
