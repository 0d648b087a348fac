using System.Globalization;
using BuildPipeline.Spot;
using Spectre.Console;

namespace BuildPipeline.Replay;

/// <summary>Shows what a replay found.</summary>
public static class ReplayView
{
    /// <summary>Shows each policy with the omniscient bound.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="scores">The rows.</param>
    /// <param name="jobs">How many jobs each row covers.</param>
    public static void ShowScores(IAnsiConsole console, IReadOnlyList<PolicyScore> scores, int jobs)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Policy", "Cost / on-demand", "Cost / bound", "Late", "Restarts per job");
        foreach (var score in scores)
        {
            table.AddRow(
                Title(score),
                Figure(score.Cost), Figure(score.OverBound), Format.Share(score.Late, jobs),
                ((double)score.Restarts / jobs).ToString("0.0", CultureInfo.InvariantCulture));
        }

        console.Write(table);
    }

    /// <summary>Shows the interval that would be chosen and the best one.</summary>
    public static void ShowSweep(IAnsiConsole console, IReadOnlyList<CheckpointSweepResult> results)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Trace", "Stall s", "auto s", "Goodput", "Best s", "Goodput", "Lost points");
        foreach (var result in results)
        {
            table.AddRow(
                Markup.Escape(result.Trace), Whole(result.StallSeconds), Whole(result.AutoSeconds), Figure(result.AutoGoodput),
                Whole(result.BestSeconds), Figure(result.BestGoodput),
                (100 * (result.BestGoodput - result.AutoGoodput)).ToString("0.00", CultureInfo.InvariantCulture));
        }

        console.Write(table);
    }

    /// <summary>What a row is called.</summary>
    internal static string Title(PolicyScore score) => score.Policy + (score.Policy == MarketPolicies.Default ? " (default)" : "");

    private static string Figure(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Whole(double value) => value.ToString("0", CultureInfo.InvariantCulture);
}
