using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Aws;
using BuildPipeline.Freezes;

namespace BuildPipeline.Training;

/// <summary>Submits a training job exactly once, however often it is called and whatever answer gets lost.</summary>
/// <remarks>
/// The service has no other idempotency key than the job's name. So the intent is recorded under that name before, each try
/// starts with a look for the job, and a job that is there is taken over only where it carries this run's own tags. A job is created
/// only where no spend freeze holds, which is read anew before each try; taking over one that exists spends nothing new.
/// </remarks>
public sealed class Launcher(IAwsClients clients, SpendGate gate, TimeProvider time)
{
    /// <summary>Submits the job of the run's newest attempt, or takes it over.</summary>
    /// <param name="run">The run, its intent already recorded.</param>
    /// <param name="request">The job.</param>
    /// <returns>The attempt, submitted.</returns>
    /// <exception cref="PipelineException">The job is somebody else's, spending is frozen (exit code 3), or the service refuses it or does not answer.</exception>
    public async Task<AttemptRecord> SubmitAsync(ITrainingRun run, CreateTrainingJobRequest request, CancellationToken cancellationToken)
    {
        var attempt = run.CurrentAttempt ?? throw new ArgumentException("The run has no recorded intent.", nameof(run));
        var mayExist = false;
        try
        {
            return await Patience.For(clients.Connection, time).ExecuteAsync(
                async token =>
                {
                    if (await clients.SageMaker.FindTrainingJobAsync(request.TrainingJobName, token) is { } found)
                    {
                        return await AdoptAsync(attempt, found, JobRequest.OwnTags(run), token);
                    }

                    mayExist = false;
                    try
                    {
                        return await CreateAsync(run, attempt, request, token);
                    }
                    catch (Exception exception) when (AwsErrors.IsAwsError(exception, token) && AwsErrors.IsTransient(exception))
                    {
                        mayExist = true;
                        throw;
                    }
                },
                cancellationToken);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            var failure = AwsErrors.ToPipelineException(exception, $"submitting the training job {request.TrainingJobName}", clients.Connection);
            throw mayExist
                ? new PipelineException(TrainingErrors.UnknownSubmission,
                    $"{failure.Message} It is unknown whether the job exists. Run this again: it looks for the job first and never submits it twice.", exception)
                : failure;
        }
    }

    /// <summary>Finds the job of a recorded intent, so a run can continue after a crash without a new submission.</summary>
    /// <returns>The attempt as the service describes it now; null if the job does not exist.</returns>
    /// <exception cref="PipelineException">The job is somebody else's, or the service refuses or does not answer.</exception>
    public async Task<AttemptRecord?> FindSubmittedAsync(ITrainingRun run, CancellationToken cancellationToken)
    {
        var attempt = run.CurrentAttempt ?? throw new ArgumentException("The run has no recorded intent.", nameof(run));
        try
        {
            return await Patience.For(clients.Connection, time).ExecuteAsync(
                async token => await clients.SageMaker.FindTrainingJobAsync(attempt.JobName, token) is { } found
                    ? JobState.Seen(await AdoptAsync(attempt, found, JobRequest.OwnTags(run), token), found, run.RateOf(attempt))
                    : null,
                cancellationToken);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, $"looking for the training job {attempt.JobName}", clients.Connection);
        }
    }

    private async Task<AttemptRecord> CreateAsync(
        ITrainingRun run, AttemptRecord attempt, CreateTrainingJobRequest request, CancellationToken cancellationToken)
    {
        await gate.RequireOpenAsync(run.Job!.Team, run.RunId, cancellationToken);
        try
        {
            var response = await clients.SageMaker.CreateTrainingJobAsync(request, cancellationToken);
            return attempt with { SubmittedAt = time.GetUtcNow(), JobArn = response.TrainingJobArn };
        }
        catch (AmazonSageMakerException exception) when (AwsErrors.Classify(exception) == AwsErrorKind.InUse)
        {
            // The SDK repeats a request whose answer got lost; then the job in the way is this very one.
            if (await clients.SageMaker.FindTrainingJobAsync(request.TrainingJobName, cancellationToken) is { } found)
            {
                return await AdoptAsync(attempt, found, JobRequest.OwnTags(run), cancellationToken);
            }

            throw new PipelineException(TrainingErrors.NotDescribed,
                $"SageMaker reports that the training job {request.TrainingJobName} exists, but cannot describe it. Try again in a minute.", exception);
        }
    }

    private async Task<AttemptRecord> AdoptAsync(
        AttemptRecord attempt, DescribeTrainingJobResponse found, IReadOnlyList<Tag> own, CancellationToken cancellationToken)
    {
        JobTags.RequireOwn(attempt.JobName, await JobTags.ReadAsync(clients.SageMaker, found.TrainingJobArn, cancellationToken), own);
        return attempt with
        {
            SubmittedAt = SdkTime.ToUtc(found.CreationTime) ?? time.GetUtcNow(),
            JobArn = found.TrainingJobArn,
            Adopted = attempt.Adopted || attempt.SubmittedAt is null,
        };
    }
}
