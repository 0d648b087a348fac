namespace BuildPipeline.Worker.Settings;

/// <summary>
/// Training cannot continue, for a reason that the person who launched the job can act on. The message is for
/// <c>output/failure</c>, from where SageMaker takes the job's FailureReason.
/// </summary>
internal sealed class TrainingFailureException : Exception
{
    public TrainingFailureException(string message) : base(message)
    {
    }

    public TrainingFailureException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
