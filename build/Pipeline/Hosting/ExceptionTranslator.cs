using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using Cake.Core;

namespace BuildPipeline.Hosting;

/// <summary>Finds in what was thrown the sentence for a person and the exit code.</summary>
public static class ExceptionTranslator
{
    /// <summary>What a task threw, as the pipeline's own exception; null if nothing was thrown.</summary>
    /// <param name="exception">As the task runner gives it, in its own wrappers.</param>
    /// <param name="connection">Where AWS is; null if no account is open.</param>
    public static PipelineException? Describe(Exception? exception, AwsConnection? connection) => exception switch
    {
        null => null,
        PipelineException known => known,
        AggregateException { InnerException: { } inner } => Describe(inner, connection),
        CakeException { InnerException: { } inner } => Describe(inner, connection),
        _ when connection is not null && AwsErrors.IsAwsError(exception, CancellationToken.None) => AwsErrors.ToPipelineException(exception, "talking to AWS", connection),
        _ => LocalFailure.Describe(exception)
            ?? new PipelineException(HostingErrors.Unexpected, $"Unexpected error ({exception.GetType().Name}): {exception.Message}", exception),
    };

    /// <summary>True if no code expected this: its trace is worth keeping.</summary>
    public static bool IsUnexpected(PipelineException failure) => failure.Code == HostingErrors.Unexpected;
}
