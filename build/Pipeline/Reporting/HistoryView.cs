using BuildPipeline.Goodput;
using BuildPipeline.History;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Shows the runs of an environment, one a line, and what they add up to.</summary>
public static class HistoryView
{
    private static readonly IReadOnlyList<TextColumn> RunColumns =
    [
        new("Run"), new("State"), new("Team", Rank: 1), new("Job", Rank: 2), new("Spent", IsFigure: true), new("Ceiling", IsFigure: true),
        new("Jobs", IsFigure: true, Rank: 4), new("Interruptions", IsFigure: true, Rank: 8), new("Step", IsFigure: true, Rank: 3), new("Checkpoints", IsFigure: true, Rank: 7),
        new("Started on", Rank: 5), new("Approved by", Rank: 6), new("Next", Rank: 9), new("Sweep", Rank: 10),
    ];

    private static readonly IReadOnlyList<TextColumn> TotalColumns =
    [
        new("Month"), new("Team"), new("Runs", IsFigure: true), new("Validated", IsFigure: true), new("Failed", IsFigure: true),
        new("Open", IsFigure: true), new("Spent", IsFigure: true), new("Open ceilings", IsFigure: true, Rank: 1), new("Goodput", IsFigure: true, Rank: 2), new("Lost work", IsFigure: true, Rank: 3),
    ];

    /// <summary>Shows the runs, oldest first, then their totals, then the commands that continue what is open.</summary>
    public static void Show(IAnsiConsole console, HistoryDocument history)
    {
        if (history.Runs.Count == 0)
        {
            console.Say($"Environment {history.Environment} has no run{(history.Team is { } team ? $" of team {team}" : "")}{(history.Month is { } month ? $" in {month}" : "")}.");
        }
        else
        {
            console.WriteTable(RunColumns, [.. history.Runs.Select(Row)]);
            console.WriteLine();
            console.WriteTable(TotalColumns, [.. history.Totals.Select(Row)]);
        }

        if (history.Totals.Sum(total => total.UnknownCosts) is > 0 and var unknown)
        {
            console.Warn($"The cost of {Counted.Format(unknown, "run")} is unknown and is not in the totals.");
        }

        foreach (var run in history.Unreadable)
        {
            console.Warn($"Run {run.RunId} is not listed: {run.Problem}");
        }

        foreach (var run in history.Runs.Where(run => run.IsOpen && run.Next is not null))
        {
            console.Running(run.State == RunState.Launched
                ? $"{run.RunId} is open. Continue it with:\n  {run.Next}"
                : $"{run.RunId} is open, and its job has ended. Close it, which also records its last step and its checkpoints, with:\n  {run.Next}");
        }
    }

    private static IReadOnlyList<string> Row(HistoryEntry run) =>
    [
        run.RunId, run.State == RunState.Launched ? $"{run.StateText}, {run.JobStatus ?? "not closed"}" : run.StateText, Format.Cell(run.Team ?? "-"), Format.Cell(run.Job ?? "-"), Spent(run),
        run.CeilingUsd?.ToString() ?? "-", Format.Figure(run.Attempts), Format.Figure(run is { IsOpen: true, JobStatus: null } ? null : run.Interruptions), Format.Figure(run.LastStep), Format.Figure(run.Checkpoints),
        Format.Cell(run.StartedOn ?? "-"), Format.Cell(run.ApprovedBy ?? "-"), run.NextStep == NextStep.None ? "-" : Format.Words(run.NextStep), run.Sweep ?? "-",
    ];

    // Before a job has ended, nothing is known of its dollars.
    private static string Spent(HistoryEntry run) =>
        run.Attempts == 0 || (run.State == RunState.Launched && run.SpentUsd == Usd.Zero) ? "-" : Format.Money(run.SpentUsd);

    private static IReadOnlyList<string> Row(HistoryTotal total) =>
    [
        total.Month, Format.Cell(total.Team ?? "-"), Format.Figure(total.Runs), Format.Figure(total.Validated), Format.Figure(total.Failed), Format.Figure(total.Open),
        total.SpentUsd.ToString(), total.OpenCeilingUsd.ToString(), Share(total.Goodput, GoodputCategory.Productive), Share(total.Goodput, GoodputCategory.LostWork),
    ];

    private static string Share(GoodputTotal? goodput, GoodputCategory category) => goodput is null ? "-" : Format.Share(goodput.SecondsOf(category), goodput.BilledSeconds);
}
