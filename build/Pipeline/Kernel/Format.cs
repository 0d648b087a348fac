using System.Globalization;
using System.Text.Json;

namespace BuildPipeline.Kernel;

/// <summary>Figures as people read them, the same on every page.</summary>
internal static class Format
{
    /// <summary>Dollars; an unknown amount is called so.</summary>
    public static string Money(Usd? amount) => amount?.ToString() ?? "unknown";

    /// <summary>A share of a whole.</summary>
    public static string Share(double part, double whole) =>
        whole <= 0 ? "-" : (part / whole).ToString("0%", CultureInfo.InvariantCulture);

    /// <summary>A count of bytes.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
        >= 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 10):0.0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
    };

    /// <summary>A measured value with the digits that mean something; the record has them all.</summary>
    public static string Value(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>A text for a narrow cell of a table; what is longer is cut. A column that is squeezed to one character would never be done with a wide one.</summary>
    public static string Cell(string text) => text.Length <= 30 ? text : text[..29] + "…";

    /// <summary>The first characters of a hash or a digest, as people name it.</summary>
    public static string Short(string hash) => hash[..Math.Min(12, hash.Length)];

    /// <summary>A whole number in a table; unknown is a dash.</summary>
    public static string Figure(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";

    /// <summary>A measured value where a glance is enough.</summary>
    public static string Glance(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>A value of an enum in words, for example <c>max runtime</c>.</summary>
    public static string Words(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()).Replace('_', ' ');

    /// <summary>A moment, UTC.</summary>
    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
