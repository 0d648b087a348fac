using System.Globalization;
using BuildPipeline.Terminal;
using Cake.Core.Diagnostics;
using Spectre.Console;

namespace BuildPipeline.Hosting;

/// <summary>The task runner's log on the pipeline's own console, without its words on a failure, which the pipeline says in one sentence at the end.</summary>
/// <remarks>Cake's own log colours its lines by the name of the terminal, also where the output goes to a file or a pipe, or <c>NO_COLOR</c> is set.</remarks>
public sealed class PipelineLog(IAnsiConsole console, Endings endings) : ICakeLog
{
    /// <inheritdoc/>
    public Verbosity Verbosity { get; set; } = Verbosity.Normal;

    /// <inheritdoc/>
    public void Write(Verbosity verbosity, LogLevel level, string format, params object[] args)
    {
        // Before a task has thrown, an error is the task runner's own and nobody else would say it.
        var saidAgain = level == LogLevel.Error
            && (endings.Exit.Code is not null || format.StartsWith("An error occurred when executing task", StringComparison.Ordinal));
        if (verbosity <= Verbosity && !saidAgain)
        {
            console.WriteUnwrapped(string.Format(CultureInfo.InvariantCulture, format, args));
        }
    }
}
