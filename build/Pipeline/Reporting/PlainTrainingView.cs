using System.Globalization;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>One line for each thing that changes, for logs and pipes.</summary>
internal sealed class PlainTrainingView(IAnsiConsole console) : ITrainingView
{
    private string? _status;
    private int? _checkpoint;
    private int _interruptions;

    public void Show(JobProgress progress)
    {
        foreach (var line in progress.NewLogLines)
        {
            Write($"[{line.Host}.{line.Attempt}] {line.Text}");
        }

        if (progress.Interruptions != _interruptions)
        {
            _interruptions = progress.Interruptions;
            Write($"{Format.Span(progress.Elapsed)} Interrupted: spot capacity was taken away, interruption {_interruptions}");
        }

        var status = $"{progress.Status}/{progress.SecondaryStatus}{(progress.StatusMessage is null ? "" : $": {progress.StatusMessage}")}";
        if (status != _status)
        {
            _status = status;
            Write($"{Format.Span(progress.Elapsed)} {status} ({progress.SpotState})");
        }

        if (progress.CheckpointStep != _checkpoint)
        {
            _checkpoint = progress.CheckpointStep;
            Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{Format.Span(progress.Elapsed)} complete checkpoint at step {progress.CheckpointStep}, loss {Format.Glance(progress.Loss)}, spent at most {Format.Money(progress.Spend)} of {Format.Money(progress.Ceiling)}"));
        }

        foreach (var notice in progress.Notices)
        {
            Write(notice);
        }
    }

    public void Dispose()
    {
    }

    // Logs are not wrapped: a line of a node stays one line.
    private void Write(string line) => console.Profile.Out.Writer.WriteLine(line);
}
