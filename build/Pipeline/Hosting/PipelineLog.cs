using Cake.Core;
using Cake.Core.Diagnostics;

namespace BuildPipeline.Hosting;

/// <summary>Cake's log without its own words on a failure, which the pipeline says in one sentence at the end.</summary>
public sealed class PipelineLog(IConsole console, Endings endings) : ICakeLog
{
    private readonly CakeBuildLog _inner = new(console);

    /// <inheritdoc/>
    public Verbosity Verbosity
    {
        get => _inner.Verbosity;
        set => _inner.Verbosity = value;
    }

    /// <inheritdoc/>
    public void Write(Verbosity verbosity, LogLevel level, string format, params object[] args)
    {
        // Before a task has thrown, an error is the task runner's own and nobody else would say it.
        var saidAgain = level == LogLevel.Error
            && (endings.Exit.Code is not null || format.StartsWith("An error occurred when executing task", StringComparison.Ordinal));
        if (!saidAgain)
        {
            _inner.Write(verbosity, level, format, args);
        }
    }
}
