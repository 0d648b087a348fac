using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.Terraform.Values;

/// <summary>A duration as Terraform's providers write it, for example <c>1h30m</c>.</summary>
internal static partial class GoDuration
{
    /// <summary>What a duration looks like.</summary>
    public const string Pattern = @"^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$";

    /// <summary>Reads a duration; null or empty gives the default.</summary>
    public static TimeSpan Parse(string? text, TimeSpan otherwise) => string.IsNullOrEmpty(text)
        ? otherwise
        : TimeSpan.FromSeconds(PartPattern().Matches(text).Sum(part => double.Parse(part.Groups[1].Value, CultureInfo.InvariantCulture) * SecondsOf(part.Groups[2].Value)));

    /// <summary>Writes it as Go does, for example <c>1h30m0s</c>.</summary>
    public static string Format(TimeSpan duration) => duration switch
    {
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(duration.TotalHours)}h{duration.Minutes}m{duration.Seconds}s"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes}m{duration.Seconds}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###}s"),
    };

    private static double SecondsOf(string unit) => unit switch { "h" => 3600, "m" => 60, "ms" => 0.001, _ => 1 };

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(h|ms|m|s)")]
    private static partial Regex PartPattern();
}
