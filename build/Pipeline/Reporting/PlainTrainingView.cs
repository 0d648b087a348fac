using System.Globalization;
using BuildPipeline.Observability;
using BuildPipeline.Secrets;
using BuildPipeline.Stalls;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>One line for each thing that changes, for logs and pipes.</summary>
internal sealed class PlainTrainingView(IAnsiConsole console) : ITrainingView
{
    private string? _status;
    private int? _checkpoint;
    private int _interruptions;
    private int _retries;
    private string? _frozen;
    private ProgressState _state;

    public void Show(JobProgress progress)
    {
        foreach (var line in progress.NewLogLines)
        {
            console.WriteLog($"[{line.Host}.{line.Attempt}]", SecretScan.CutSecret(line.Text));
        }

        if (progress.Interruptions != _interruptions)
        {
            _interruptions = progress.Interruptions;
            console.WriteUnwrapped($"{Durations.InWords(progress.Elapsed)} Interrupted: spot capacity reclaimed (interruption {_interruptions})");
        }

        if (progress.Retries != _retries)
        {
            _retries = progress.Retries;
            console.WriteUnwrapped($"{Durations.InWords(progress.Elapsed)} Retried: internal error of AWS (retry {_retries})");
        }

        var status = $"{progress.Status}/{progress.SecondaryStatus}{(progress.StatusMessage is null ? "" : $": {progress.StatusMessage}")}";
        if (status != _status)
        {
            _status = status;
            console.WriteUnwrapped($"{Durations.InWords(progress.Elapsed)} {status} ({progress.CapacityState})");
        }

        if (progress.CheckpointStep != _checkpoint)
        {
            _checkpoint = progress.CheckpointStep;
            console.WriteUnwrapped(string.Create(
                CultureInfo.InvariantCulture,
                $"{Durations.InWords(progress.Elapsed)} complete checkpoint at step {progress.CheckpointStep}, loss {Format.Glance(progress.Loss)}, {(progress.Utilization is { Count: > 0 } nodes ? $"{NodeUtilization.Describe(nodes)}, " : "")}{progress.Spending}{(progress.Verdict?.DoneAt is { } done ? $", done about {Format.Moment(done)}" : "")}"));
        }

        if (progress.Verdict is { } verdict && verdict.State != _state)
        {
            _state = verdict.State;
            console.WriteUnwrapped($"{Durations.InWords(progress.Elapsed)} {(verdict.Why is { } why ? $"{verdict.State}: {why} {ProgressText.Describe(verdict, progress.RatePerHour)}" : "Trains as before.")}");
        }

        if (progress.Frozen != _frozen)
        {
            _frozen = progress.Frozen;
            console.WriteUnwrapped($"{Durations.InWords(progress.Elapsed)} {_frozen ?? "Spending is no longer frozen."}");
        }

        foreach (var notice in progress.Notices)
        {
            console.WriteUnwrapped(notice);
        }
    }

    public void Dispose()
    {
    }
}
