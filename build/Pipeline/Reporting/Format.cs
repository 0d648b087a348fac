using System.Globalization;
using BuildPipeline.Runs;

namespace BuildPipeline.Reporting;

/// <summary>Figures as people read them, the same on every page.</summary>
internal static class Format
{
    /// <summary>Dollars; an unknown amount is called so.</summary>
    public static string Money(Usd? amount) => amount?.ToString() ?? "unknown";

    /// <summary>A duration with the two units that matter.</summary>
    public static string Span(TimeSpan span) => span.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes} min")
        : span.TotalMinutes >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min {span.Seconds} s")
            : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s");

    /// <summary>A share of a whole.</summary>
    public static string Share(double part, double whole) =>
        whole <= 0 ? "-" : (part / whole).ToString("0 %", CultureInfo.InvariantCulture);

    /// <summary>A count of bytes.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
        >= 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 10):0.0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
    };

    /// <summary>A measured value in full precision.</summary>
    public static string Value(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A measured value where a glance is enough.</summary>
    public static string Glance(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>A moment, UTC.</summary>
    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
