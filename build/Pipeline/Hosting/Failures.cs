using BuildPipeline.Aws;
using Cake.Core;

namespace BuildPipeline.Hosting;

/// <summary>Finds in what was thrown the sentence for a person and the exit code.</summary>
public static class Failures
{
    /// <summary>The exception that a task threw, out of the task runner's wrappers.</summary>
    public static Exception? Unwrap(Exception? exception) => exception switch
    {
        AggregateException { InnerException: { } inner } => Unwrap(inner),
        CakeException { InnerException: { } inner } => Unwrap(inner),
        _ => exception,
    };

    /// <summary>The documented exit code.</summary>
    public static ExitCode ExitCodeOf(Exception exception) => Translated(exception) is PipelineException known ? known.ExitCode : ExitCode.Failed;

    /// <summary>One sentence.</summary>
    public static string Sentence(Exception exception) => Translated(exception).Message;

    private static Exception Translated(Exception exception) => AwsFailure.TryTranslate(exception) ?? exception;
}
