namespace BuildPipeline.Kernel;

/// <summary>Ends the pipeline with a documented exit code and one sentence for a person: what is wrong, where, what to do.</summary>
public sealed class PipelineException : Exception
{
    /// <summary>An end with no other exception behind it.</summary>
    public PipelineException(ExitCode exitCode, string message)
        : base(message) => ExitCode = exitCode;

    /// <summary>An end that another exception led to; only <paramref name="message"/> is shown.</summary>
    public PipelineException(ExitCode exitCode, string message, Exception innerException)
        : base(message, innerException) => ExitCode = exitCode;

    /// <summary>The process's exit code.</summary>
    public ExitCode ExitCode { get; }
}
