using System.Globalization;

namespace BuildPipeline;

/// <summary>Durations as people read them.</summary>
public static class Durations
{
    /// <summary>The two units that matter, for example <c>3 h 12 min</c>, <c>2 min 5 s</c> or <c>4.5 s</c>.</summary>
    public static string InWords(this TimeSpan span) => span.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes} min")
        : span.TotalMinutes >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min {span.Seconds} s")
            : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s");
}
