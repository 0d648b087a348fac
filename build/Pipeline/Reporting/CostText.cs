using System.Globalization;
using BuildPipeline.Costing;

namespace BuildPipeline.Reporting;

/// <summary>The figures of a price with a bar each, all on one scale.</summary>
internal static class CostText
{
    private const int Width = 30;
    private const double NegligibleRisk = 0.01;

    /// <summary>Expected, p90, ceiling and limit; the bar of an unknown amount is null.</summary>
    public static IReadOnlyList<(string Name, Usd? Amount, string? Bar)> Bars(CostRecord cost)
    {
        var whole = Math.Max(cost.MaxRunCostUsd.Amount, cost.Ceiling?.Amount ?? 0);
        (string, Usd?, string?) Figure(string name, Usd? amount) => (name, amount, Bar(amount, whole, Width));
        return [Figure("expected", cost.Expected), Figure("p90", cost.P90), Figure("ceiling", cost.Ceiling), Figure("per-run limit", cost.MaxRunCostUsd)];
    }

    /// <summary>The bar of an amount; null if it is unknown.</summary>
    /// <param name="amount">The amount.</param>
    /// <param name="whole">What a bar of the full width stands for, dollars.</param>
    /// <param name="width">The full width, characters.</param>
    public static string? Bar(Usd? amount, decimal whole, int width) =>
        amount is { } known && whole > 0 ? new string('█', Math.Max(1, (int)(known.Amount / whole * width))) : null;

    /// <summary>How the job probably goes, in a sentence.</summary>
    public static string SampledRun(CostSimulationRecord sampledRun)
    {
        var interrupted = sampledRun.Interruptions > 0
            ? $", {Counted.Format(sampledRun.Interruptions, "interruption")} on average, {Percent(sampledRun.LostShare)} lost to them"
            : "";
        var end = sampledRun switch
        {
            { DeadlineHours: { } hours } => $"; misses the deadline of {Durations.InWords(TimeSpan.FromHours(hours))} in {Percent(sampledRun.DeadlineRisk)} of simulations",
            { DeadlineRisk: > 0 } => $"; stopped before completion in {Percent(sampledRun.DeadlineRisk)} of simulations",
            _ => "",
        };
        var moved = sampledRun.MoveShare is { } share ? $", moves to on-demand in {Percent(share)}" : "";
        return $"Expected: {Durations.InWords(TimeSpan.FromSeconds(sampledRun.ExpectedSeconds))} of running time{interrupted}; finishes {Durations.InWords(TimeSpan.FromSeconds(sampledRun.FinishSeconds))} after submission{end}{moved}.";
    }

    /// <summary>What it means that simulations are stopped before completion, and what to change; null where that is negligible, or a deadline is kept instead.</summary>
    public static string? StopAdvice(CostSimulationRecord sampledRun) => sampledRun is not { DeadlineHours: null, DeadlineRisk: >= NegligibleRisk } ? null
        : $"SageMaker stops a job at max_runtime_seconds of training, or max_wait_seconds after submission. {(sampledRun.MaxWaitRisk >= sampledRun.DeadlineRisk / 2
            ? "Most of the stopped simulations waited too long for spot capacity. Raise max_wait_seconds (waiting is not billed), or set deadline_hours to move to on-demand in time."
            : "Most of the stopped simulations trained too long. Raise max_runtime_seconds, which raises the ceiling.")}";

    /// <summary>One sentence for retries and one for the check of the nodes, where the job asks for them.</summary>
    public static IEnumerable<string> ServiceOptions(CostRecord cost)
    {
        if (cost.ServiceOptions is { MaxRetryAttempts: > 0 and var retries } options)
        {
            var each = options.EachRetry is { } amount ? $"about {amount} each for the restart and the work since the newest checkpoint" : "each may repeat all work";
            yield return $"Up to {Counted.Format(retries, "retry", "retries")} after an internal error of AWS, {each}. All attempts share max_runtime_seconds, so the ceiling stays the same.";
        }

        if (cost.ServiceOptions is { InfraCheck: true })
        {
            yield return "AWS checks the nodes before training. It does not say how long that takes or whether it is billed; max_runtime_seconds limits what is billed.";
        }
    }

    private static string Percent(double share) => share.ToString("0.#%", CultureInfo.InvariantCulture);

    /// <summary>One sentence a source: what it gave and how old it is.</summary>
    public static IEnumerable<string> Sources(CostRecord cost)
    {
        var today = DateOnly.FromDateTime(cost.PricedAt.UtcDateTime);
        return cost.Lines
            .GroupBy(line => line.Source)
            .Select(lines => $"{string.Join(", ", lines.Select(line => line.Name))}: {lines.Key}.")
            .Append($"Assumptions as of {cost.Prices.Inputs.Select(figure => figure.Date).DefaultIfEmpty(today).Min():yyyy-MM-dd}; cost.json lists all of them.");
    }
}
