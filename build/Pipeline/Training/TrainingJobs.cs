using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Aws;

namespace BuildPipeline.Training;

/// <summary>Training jobs by their names.</summary>
internal static class TrainingJobs
{
    /// <summary>The job as the service describes it; null if there is none of that name.</summary>
    public static async Task<DescribeTrainingJobResponse?> FindTrainingJobAsync(this IAmazonSageMaker sageMaker, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await sageMaker.DescribeTrainingJobAsync(new DescribeTrainingJobRequest { TrainingJobName = name }, cancellationToken);
        }
        catch (AmazonSageMakerException exception) when (AwsErrors.Classify(exception) == AwsErrorKind.NotFound)
        {
            return null;
        }
    }
}
