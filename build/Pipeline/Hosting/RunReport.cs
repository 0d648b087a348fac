using BuildPipeline.Terminal;
using Cake.Core;
using Cake.Core.Diagnostics;
using Spectre.Console;

namespace BuildPipeline.Hosting;

/// <summary>Shows the tasks of a call as they start, and how long each took at the end.</summary>
public sealed class RunReport(IAnsiConsole console) : ICakeReportPrinter
{
    /// <inheritdoc/>
    public void WriteStep(string name, Verbosity verbosity)
    {
        console.WriteLine();
        console.Write(new Rule($"[bold]{Markup.Escape(name)}[/]").LeftJustified());
    }

    /// <inheritdoc/>
    public void WriteSkippedStep(string name, Verbosity verbosity)
    {
    }

    /// <inheritdoc/>
    public void WriteLifeCycleStep(string name, Verbosity verbosity)
    {
    }

    /// <inheritdoc/>
    public void Write(CakeReport report)
    {
        var tasks = report.Where(entry => entry.Category == CakeReportEntryCategory.Task && entry.ExecutionStatus is CakeTaskExecutionStatus.Executed or CakeTaskExecutionStatus.Failed).ToList();
        if (tasks.Count > 1)
        {
            console.WriteLine();
            console.Remark($"Time: {string.Join(", ", tasks.Select(entry => $"{entry.TaskName} {entry.Duration.InWords()}"))}.");
        }
    }
}
