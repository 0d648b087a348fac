using System.Globalization;

namespace BuildPipeline.Kernel;

/// <summary>Durations as people read them.</summary>
public static class Durations
{
    /// <summary>The two units that matter, for example <c>3 h 12 min</c>, <c>2 min 5 s</c>, <c>30 min</c> or <c>4.5 s</c>.</summary>
    public static string InWords(this TimeSpan span) => span.TotalHours >= 1 ? Two((int)span.TotalHours, "h", span.Minutes, "min")
        : span.TotalMinutes >= 1 ? Two(span.Minutes, "min", span.Seconds, "s")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s");

    private static string Two(int large, string largeUnit, int small, string smallUnit) =>
        string.Create(CultureInfo.InvariantCulture, $"{large} {largeUnit}{(small == 0 ? "" : $" {small} {smallUnit}")}");
}
