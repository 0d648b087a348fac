using System.Globalization;

namespace BuildPipeline.Kernel;

/// <summary>Counts as people read them.</summary>
public static class Counted
{
    /// <summary>A count and its noun, for example <c>1 zone</c> or <c>0.3 interruptions</c>.</summary>
    /// <param name="count">The count.</param>
    /// <param name="one">The noun for one.</param>
    /// <param name="several">The noun for another count; null adds an s.</param>
    public static string Format(double count, string one, string? several = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:0.##} {(count == 1 ? one : several ?? one + "s")}");
}
