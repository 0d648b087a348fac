using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Shows two runs side by side.</summary>
public static class ComparisonView
{
    private const int LongestName = 40;
    private const int ShortestName = 12;
    private const int Gaps = 4;

    /// <summary>Shows figures and final metrics of both, then the settings that differ.</summary>
    public static void Show(IAnsiConsole console, RunComparison comparison)
    {
        var (first, second) = (comparison.Runs[0], comparison.Runs[1]);
        string[][] Row(string name, Func<ComparedRun, string> value) => [[name, value(first), value(second)]];
        List<string[]> figures =
        [
            .. Row("state", run => run.StateText),
            .. Row("nodes", run => run.Nodes ?? "-"),
            .. Row("spent", run => run.Attempts == 0 ? "-" : Format.Money(run.SpentUsd)),
            .. Row("ceiling", run => run.CeilingUsd?.ToString() ?? "-"),
            .. Row("total time", run => Time(run.TotalSeconds)),
            .. Row("waiting", run => Time(run.WaitingSeconds)),
            .. Row("training", run => Time(run.TrainingSeconds)),
            .. Row("billed", run => run.BillableSeconds is { } seconds ? Time(seconds) : "unknown"),
            .. Row("jobs", run => Format.Figure(run.Attempts)),
            .. Row("interruptions", run => Format.Figure(run.Interruptions)),
            .. Row("last step", run => Format.Figure(run.LastStep)),
            .. Row("checkpoints", run => Format.Figure(run.Checkpoints)),
            .. comparison.Metrics.Select(metric => new[] { metric.Name, Value(metric.First), Value(metric.Second) }),
        ];
        Write(console, "", first.RunId, second.RunId, figures);
        console.WriteLine();
        if (comparison.Changes.Count == 0)
        {
            console.Say("No setting differs.");
            return;
        }

        Write(console, "Changed settings", first.RunId, second.RunId, [.. comparison.Changes.Select(change => new[] { change.Name, Text(change.First), Text(change.Second) })]);
    }

    private static void Write(IAnsiConsole console, string title, string first, string second, IReadOnlyList<string[]> rows)
    {
        var longest = rows.Max(row => row[0].Length);
        var width = console.Profile.Out.IsTerminal ? console.Profile.Width : int.MaxValue;
        var name = Math.Min(longest, width == int.MaxValue ? longest : Math.Clamp(width - Gaps - (2 * first.Length), ShortestName, LongestName));
        var value = Math.Max(first.Length, (width - name - Gaps) / 2);
        console.WriteTable([new(title), new(first), new(second)], [.. rows.Select(row => (string[])[Cut(row[0], name), Cut(row[1], value), Cut(row[2], value)])]);
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : $"{text[..(length - 1)]}…";

    private static string Text(string? value) => value is null ? "-" : ChangedSetting.Shown(value).ReplaceLineEndings(" ");

    private static string Time(double seconds) => Durations.InWords(TimeSpan.FromSeconds(seconds));

    private static string Value(double? value) => value is { } known ? Format.Value(known) : "-";
}
