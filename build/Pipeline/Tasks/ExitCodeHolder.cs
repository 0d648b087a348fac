namespace BuildPipeline.Tasks;

/// <summary>The exit code that the run decided on; the task runner by itself knows only 0 and 1.</summary>
public sealed class ExitCodeHolder
{
    /// <summary>Null if no task decided.</summary>
    public ExitCode? Code { get; set; }
}
