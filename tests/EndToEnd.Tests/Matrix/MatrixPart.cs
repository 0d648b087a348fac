using System.Globalization;

namespace BuildPipeline.EndToEnd.Tests.Matrix;

/// <summary>The rows of a matrix that are run: all, or with MATRIX_EVERY=N/M, while a matrix is worked on, every Nth from the Mth.</summary>
internal static class MatrixPart
{
    public static IEnumerable<T> Of<T>(IReadOnlyList<T> rows) =>
        Environment.GetEnvironmentVariable("MATRIX_EVERY")?.Split('/') is [var every, var from]
            ? rows.Index().Where(row => row.Index % int.Parse(every, CultureInfo.InvariantCulture) == int.Parse(from, CultureInfo.InvariantCulture)).Select(row => row.Item)
            : rows;
}
