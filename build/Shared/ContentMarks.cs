using System.Security.Cryptography;
using System.Text;

namespace BuildPipeline;

/// <summary>
/// A short mark for each file of a folder, so a node whose folder has another digest than the approved one can name the
/// file; compiled into each program that compares folders. The digest decides, the marks only help to explain.
/// </summary>
internal static class ContentMarks
{
    private const int Length = 4;

    /// <summary>The longest value of an environment variable of a training job.</summary>
    private const int LongestValue = 512;

    /// <summary>The marks of all files, four hexadecimal digits each; null for a folder with too many files for one variable.</summary>
    public static string? Compute(IReadOnlyCollection<(string Path, string Sha256, long Size)> files) =>
        files.Count * Length <= LongestValue ? string.Concat(files.Select(MarkOf).Order(StringComparer.Ordinal)) : null;

    /// <summary>The paths that the marks do not cover: files that were added, changed or renamed, in order.</summary>
    public static IReadOnlyList<string> Unexpected(IEnumerable<(string Path, string Sha256, long Size)> files, string marks)
    {
        var expected = marks.Chunk(Length).Select(mark => new string(mark)).ToList();
        return [.. files.OrderBy(file => file.Path, StringComparer.Ordinal).Where(file => !expected.Remove(MarkOf(file))).Select(file => file.Path)];
    }

    private static string MarkOf((string Path, string Sha256, long Size) file) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{file.Sha256} {file.Size} {file.Path}\n"))))[..Length];
}
