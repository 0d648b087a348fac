using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Shows a job while it runs.</summary>
public interface ITrainingView : IDisposable
{
    /// <summary>Shows one poll of it.</summary>
    void Show(JobProgress progress);
}

/// <summary>Chooses the view that fits where the output goes.</summary>
public static class TrainingViews
{
    /// <summary>A live panel on a terminal, plain lines elsewhere.</summary>
    public static ITrainingView Create(IAnsiConsole console) =>
        console.IsLive() ? new LiveTrainingView(console) : new PlainTrainingView(console);
}
