namespace BuildPipeline.Kernel;

/// <summary>Ends the pipeline with a documented error and one sentence for a person: what is wrong, where, what to do.</summary>
public sealed class PipelineException : Exception
{
    /// <summary>An end by a documented error.</summary>
    /// <param name="code">The error.</param>
    /// <param name="message">What is wrong here, and what to do.</param>
    /// <param name="cause">The exception that led to it; only <paramref name="message"/> is shown.</param>
    public PipelineException(ErrorCode code, string message, Exception? cause = null)
        : base(message, cause) => (Code, ExitCode) = (code, code.ExitCode);

    /// <summary>An end by an error that has no id yet.</summary>
    public PipelineException(ExitCode exitCode, string message, Exception? innerException = null)
        : base(message, innerException) => ExitCode = exitCode;

    /// <summary>The error.</summary>
    public ErrorCode? Code { get; }

    /// <summary>The process's exit code.</summary>
    public ExitCode ExitCode { get; }

    /// <summary>The message as it is printed, for example <c>BP1002 Unknown option --x.</c></summary>
    public string MessageWithId => Code is null ? Message : $"{Code.Id} {Message}";
}
