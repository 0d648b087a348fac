using BuildPipeline.Runs;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Shows a run on the terminal: where it stands, and how it ended.</summary>
public static class RunView
{
    /// <summary>Where it stands.</summary>
    /// <param name="next">The command that continues the run; null where there is none.</param>
    public static void ShowStatus(IAnsiConsole console, RunRecord run, string? next, DateTimeOffset now)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        void Row(string name, string value) => grid.AddRow($"[dim]{name}[/]", Markup.Escape(value));
        Row("run", $"{run.RunId}, environment {run.Environment}, begun {Format.Moment(run.StartedAt)}");
        Row("state", run.State.ToString());
        if (run.Approval is { } approval)
        {
            Row("approved", $"{approval.Subject.Ceiling} by {approval.Approver}, digest {approval.Digest[..12]}");
        }

        foreach (var attempt in run.Attempts)
        {
            Row("job", $"{attempt.JobName}{(run.Job is null ? "" : $" on {run.JobOf(attempt).Nodes()}")}: {attempt.Status ?? "not seen yet"} / {attempt.SecondaryStatus ?? "-"}{(attempt.Outcome is { } outcome ? $", {outcome}" : "")}");
            Row("time", $"waiting {Format.Span(TimeSplit.Of(run, run.EndedAt ?? now).Waiting)}, training {Format.Span(TimeSplit.Of(run, run.EndedAt ?? now).Training)}");
        }

        if (run is { Error: { } error, ExitCode: not ExitCode.StillRunning })
        {
            Row("error", error);
        }

        console.Write(grid);
        if (next is not null)
        {
            console.MarkupLine(run.HasOpenJob ? "[dim]Follow the job with:[/]" : "[dim]Continue with:[/]");
            console.WriteWhole($"  {next}");
        }
    }

    /// <summary>How it ended, in a few lines, and where the receipt is.</summary>
    public static void ShowEnd(IAnsiConsole console, RunRecord run, string summaryFile)
    {
        if (run is { Evidence: { } evidence, CurrentAttempt: { } attempt })
        {
            var steps = string.Join(", ", evidence.Interruptions.Select(interruption => interruption.ResumedFromStep is { } step ? $"from step {step}" : "unproven"));
            var resumed = evidence.Interruptions.Count == 0 ? "never interrupted" : $"interrupted {evidence.Interruptions.Count} x, resumed {steps}";
            var metrics = string.Join(", ", evidence.FinalMetrics.OrderBy(metric => metric.Key, StringComparer.Ordinal).Select(metric => $"{metric.Key} {Format.Glance(metric.Value)}"));
            console.Write(new Panel(new Rows(
                new Markup($"[bold]{Markup.Escape(attempt.JobName)}[/] {attempt.Outcome}, {resumed}"),
                new Markup($"step {evidence.FinalStep}: {Markup.Escape(metrics)}"),
                new Markup($"cost {Format.Money(run.ActualCost)} of {Format.Money(run.Approval?.Subject.Ceiling)} approved; model {Markup.Escape(evidence.ModelArchive ?? "none")}")))
                .Header(evidence.Passed ? "[green] validated [/]" : "[red] not valid [/]"));
        }

        console.MarkupLine($"[dim]Receipt: {Markup.Escape(summaryFile)}[/]");
    }
}
