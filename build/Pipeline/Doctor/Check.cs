namespace BuildPipeline.Doctor;

/// <summary>How a check came out.</summary>
public enum CheckResult
{
    /// <summary>Nothing to do.</summary>
    Good,

    /// <summary>A run works without it, or it could not be checked.</summary>
    Warning,

    /// <summary>A run needs it.</summary>
    Failed,
}

/// <summary>One line of the report.</summary>
/// <param name="Name">What was checked, for example <c>state bucket</c>.</param>
/// <param name="Result">How it came out.</param>
/// <param name="Found">What was found and, where something is wrong, what to do.</param>
/// <param name="Error">The error of a failed check.</param>
public sealed record Check(string Name, CheckResult Result, string Found, ErrorCode? Error = null)
{
    /// <summary>A check with nothing to do.</summary>
    public static Check Good(string name, string found) => new(name, CheckResult.Good, found);

    /// <summary>A check that a run does not need.</summary>
    public static Check Warning(string name, string found) => new(name, CheckResult.Warning, found);

    /// <summary>A failed check.</summary>
    public static Check Failed(string name, ErrorCode error, string found) => new(name, CheckResult.Failed, found, error);

    /// <summary>A check that failed as the step of a run would.</summary>
    public static Check Failed(string name, PipelineException exception) => Failed(name, exception.Code, exception.Message);
}
