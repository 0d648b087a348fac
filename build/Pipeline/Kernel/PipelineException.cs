namespace BuildPipeline.Kernel;

/// <summary>Ends the pipeline with a documented error and one sentence for a person: what is wrong, where, what to do.</summary>
/// <param name="code">The error.</param>
/// <param name="message">What is wrong here, and what to do.</param>
/// <param name="cause">The exception that led to it; only <paramref name="message"/> is shown.</param>
public sealed class PipelineException(ErrorCode code, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The error.</summary>
    public ErrorCode Code => code;

    /// <summary>The lines that are at fault, as far as they are known.</summary>
    public IReadOnlyList<SourcePlace> Places { get; init; } = [];

    /// <summary>The process's exit code.</summary>
    public ExitCode ExitCode => code.ExitCode;

    /// <summary>The message as it is printed, for example <c>BP1002 Unknown option --x.</c></summary>
    public string MessageWithId => $"{code.Id} {Message}";
}
