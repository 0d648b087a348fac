using System.Globalization;
using BuildPipeline.Runs;

namespace BuildPipeline.Reporting;

/// <summary>The figures of a price with a bar each, all on one scale.</summary>
internal static class CostBars
{
    private const int Width = 30;

    /// <summary>Expected, p90, ceiling and limit; the bar of an unknown amount is null.</summary>
    public static IReadOnlyList<(string Name, Usd? Amount, string? Bar)> Of(CostRecord cost)
    {
        var whole = Math.Max(cost.Limit.Amount, cost.Ceiling?.Amount ?? 0);
        (string, Usd?, string?) Figure(string name, Usd? amount) => (
            name, amount, amount is { } known && whole > 0 ? new string('█', Math.Max(1, (int)(known.Amount / whole * Width))) : null);
        return [Figure("expected", cost.Expected), Figure("p90", cost.P90), Figure("ceiling", cost.Ceiling), Figure("limit of a run", cost.Limit)];
    }

    /// <summary>How the job probably goes, in a sentence.</summary>
    public static string Course(EnvelopeRecord course) => string.Create(
        CultureInfo.InvariantCulture,
        $"Expected: {Format.Span(TimeSpan.FromSeconds(course.ExpectedSeconds))} of running time, {course.Interruptions:0.##} interruption(s), {course.LostShare:0.#%} lost to them; done after {Format.Span(TimeSpan.FromSeconds(course.FinishSeconds))}, not in time in {course.DeadlineRisk:0.#%} of the cases{(course.MoveShare is { } moved ? $", moved to on-demand in {moved.ToString("0.#%", CultureInfo.InvariantCulture)}" : "")}.");

    /// <summary>One sentence a source: what it gave and how old it is.</summary>
    public static IEnumerable<string> Sources(CostRecord cost)
    {
        var today = DateOnly.FromDateTime(cost.PricedAt.UtcDateTime);
        return cost.Lines
            .GroupBy(line => line.Source)
            .Select(lines => $"{string.Join(", ", lines.Select(line => line.Name))}: {lines.Key}.")
            .Append($"Assumptions as of {cost.Prices.Figures.Select(figure => figure.Date).DefaultIfEmpty(today).Min():yyyy-MM-dd}: all are in cost.json.");
    }
}
