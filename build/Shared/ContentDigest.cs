using System.Security.Cryptography;
using System.Text;

namespace BuildPipeline;

/// <summary>One digest over the files of a folder, the same on every machine; compiled into each program that compares folders.</summary>
internal static class ContentDigest
{
    /// <summary>
    /// SHA-256, lower-case hex, over one line per file, <c>SHA256 SIZE PATH</c> with a line feed, in the order of the paths' UTF-8 bytes.
    /// </summary>
    /// <param name="files">Each file's relative path with forward slashes, its <see cref="FileDigest"/> in lower-case hex, and its size.</param>
    public static string Compute(IEnumerable<(string Path, string Sha256, long Size)> files)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files.OrderBy(file => file.Path, ByUtf8))
        {
            digest.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{file.Sha256} {file.Size} {file.Path}\n")));
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    private static readonly Comparer<string> ByUtf8 =
        Comparer<string>.Create((left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));
}
