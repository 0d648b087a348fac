using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Terminal;
using BuildPipeline.Tracking;
using BuildPipeline.Training;
using BuildPipeline.Uploads;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Refuses a planned job that could not run, before anybody approves it: everything here only reads.</summary>
public sealed class JobCheck(IAccount account, IAwsClients clients, JobStopper jobs, IAnsiConsole console)
{
    private const int MostProblems = 5;

    /// <summary>Checks what the plan alone tells, and in the sandbox its image.</summary>
    /// <exception cref="PipelineException">The job holds a secret or breaks a rule of AWS, its tracking settings are not valid, or its image is unknown (exit code 2).</exception>
    public async Task RequireValidAsync(TrainingJobSpec job, CancellationToken cancellationToken)
    {
        PlanSecrets.RequireNone(job);
        var problems = JobRules.Problems(job);
        if (problems.Count > 0)
        {
            var more = problems.Count > MostProblems ? $"; and {problems.Count - MostProblems} more" : "";
            throw new PipelineException(JobErrors.AgainstRules, $"AWS would refuse this job: {string.Join("; ", problems.Take(MostProblems))}{more}.");
        }

        if (MlflowAddress.Problems(job.Tracking) is { Count: > 0 } unusable)
        {
            throw new PipelineException(TrackingErrors.InvalidSettings, $"The tracking settings are not valid: {string.Join("; ", unusable.Take(MostProblems))}.");
        }

        if (await account.ImageProblemAsync(job.TrainingImageUri, cancellationToken) is { } problem)
        {
            throw new PipelineException(JobErrors.UnusableImage, $"training_image_uri is \"{job.TrainingImageUri}\": {problem}");
        }
    }

    /// <summary>Refuses a plan that would destroy a job of Terraform before its end: what it has computed since its last checkpoint would be lost.</summary>
    /// <exception cref="PipelineException">One has not ended (exit code 3).</exception>
    public async Task RequireEndedAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var job in names)
            {
                if (await jobs.IsRunningAsync(job, cancellationToken))
                {
                    throw new PipelineException(
                        CostingErrors.TerraformJobRuns, $"The plan would destroy the training job {job}, which Terraform submitted and which has not ended. Wait for it, or stop it with:\n  aws sagemaker stop-training-job --training-job-name {job}");
                }
            }
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, "reading the training jobs that the plan would destroy", clients.Connection);
        }
    }

    /// <summary>Checks the data that the job reads from S3.</summary>
    /// <exception cref="PipelineException">A bucket or folder is missing, empty or not usable (exit code 2).</exception>
    public async Task RequireDataAsync(IReadOnlyList<TrainingData> data, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var channel in data)
            {
                if (await DataCheck.CheckAsync(clients, channel, cancellationToken) is { } warning)
                {
                    console.Warn(warning);
                }
            }
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, "checking the data in S3", clients.Connection);
        }
    }
}
