using System.Globalization;
using Amazon.SageMaker.Model;
using BuildPipeline.Aws;
using BuildPipeline.Cli;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Terraform;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>Makes the run of a job that Terraform alone submitted, out of what SageMaker and Terraform's state say of it. It only reads.</summary>
public sealed class JobAdoption(PipelineOptions options, RunFinder finder, AppliedState state, IAwsClients clients, PriceReader prices, PriceBook book, CommandHints hints)
{
    /// <summary>The run of the job: the recorded one, or one that follows from the job alone, so every machine makes the same.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="needsLog">True if the target cannot do without the log of runs.</param>
    /// <exception cref="PipelineException">There is no such job, or it belongs to another run or environment, or is none of infra/ (exit code 2).</exception>
    public async Task<RunRecord> FindAsync(string name, bool needsLog, CancellationToken cancellationToken)
    {
        if (await finder.OfJobAsync(name, needsLog, cancellationToken) is { } known)
        {
            return known.Adopted is not null ? known : throw OfRun(name, known.RunId);
        }

        try
        {
            var described = await clients.SageMaker.FindTrainingJobAsync(name, cancellationToken)
                ?? throw new PipelineException(TrainingErrors.NotAdoptable, $"There is no training job {name} in {clients.Connection.Region}. Its name is that of terraform output training_job_name.");
            var tags = await JobTags.ReadAsync(clients.SageMaker, described.TrainingJobArn, cancellationToken);
            RequireOwn(name, tags);
            return await CreateAsync(described, AdoptableJob.Read(described, tags), cancellationToken);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, $"reading the training job {name}", clients.Connection);
        }
    }

    private void RequireOwn(string name, IReadOnlyDictionary<string, string> tags)
    {
        if (tags.TryGetValue(JobNames.RunIdTag, out var runId))
        {
            throw OfRun(name, runId);
        }

        if (tags.TryGetValue("environment", out var environment) && environment != options.Environment)
        {
            throw new PipelineException(
                TrainingErrors.NotAdoptable,
                $"The job {name} belongs to environment {environment}. Use:\n  {hints.For(options.Target!, $"--adopt={name}", $"--environment={environment}")}");
        }
    }

    private PipelineException OfRun(string name, string runId) => new(
        TrainingErrors.NotAdoptable, $"The job {name} belongs to run {runId} of this pipeline, so it is not adopted. Use:\n  {hints.For(options.Target!, $"--run={runId}")}");

    private async Task<RunRecord> CreateAsync(DescribeTrainingJobResponse described, AdoptableJob found, CancellationToken cancellationToken)
    {
        var applied = await state.OutputsAsync(cancellationToken) is { } outputs ? TerraformDocuments.ReadSubmitted(outputs, described.TrainingJobName) : null;
        var job = found.Job with { FinalMetric = applied?.Job.FinalMetric };
        var rate = await RateAsync(job, cancellationToken);
        var startedAt = SdkTime.ToUtc(described.CreationTime) ?? default;
        var run = new RunRecord
        {
            RunId = string.Create(CultureInfo.InvariantCulture, $"{startedAt:yyyyMMdd-HHmmss}-{HexDigest.Calculate(described.TrainingJobName)[..4]}"),
            Environment = options.Environment,
            StartedAt = startedAt,
            Stage = RunStage.Launched,
            Job = job,
            Adopted = new() { ArtifactFolder = found.Folder, Ceiling = applied?.Ceiling, RatePerHour = rate },
            Attempts = await EarlierAsync(found, rate, cancellationToken),
        };
        var attempt = Attempt(described, found.Number, rate);
        return (run with { Attempts = [.. run.Attempts, attempt] }).WithSeenAttempt(attempt);
    }

    // They wrote the checkpoints that this one resumed from, and were billed for the same training.
    private async Task<IReadOnlyList<AttemptRecord>> EarlierAsync(AdoptableJob found, Usd? rate, CancellationToken cancellationToken)
    {
        var earlier = new List<AttemptRecord>();
        for (var number = 1; number < found.Number; number++)
        {
            if (await clients.SageMaker.FindTrainingJobAsync(found.NameOf(number), cancellationToken) is { } described)
            {
                earlier.Add(Attempt(described, number, rate));
            }
        }

        return earlier;
    }

    private static AttemptRecord Attempt(DescribeTrainingJobResponse described, int number, Usd? rate) => JobState.Seen(
        new()
        {
            Number = number,
            JobName = described.TrainingJobName,
            Market = described.EnableManagedSpotTraining == true ? Market.Spot : Market.OnDemand,
            IntentAt = SdkTime.ToUtc(described.CreationTime) ?? default,
            MaxRuntimeSeconds = described.StoppingCondition.MaxRuntimeInSeconds ?? 0,
            Adopted = true,
        },
        described,
        rate);

    private async Task<Usd?> RateAsync(TrainingJobSpec job, CancellationToken cancellationToken) =>
        book.InstanceTypes.Contains(job.InstanceType) && (await prices.ReadAsync(job.Region, [job.InstanceType], cancellationToken))[job.InstanceType].Value is { } price
            ? new Usd(price) * job.InstanceCount
            : null;
}
