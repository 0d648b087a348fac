using System.Security.Cryptography;
using System.Text;

namespace BuildPipeline.Kernel;

/// <summary>SHA-256 as lowercase hex, as it stands in records.</summary>
public static class HexDigest
{
    /// <summary>Of bytes.</summary>
    public static string Calculate(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Of a text in UTF-8.</summary>
    public static string Calculate(string text) => Calculate(Encoding.UTF8.GetBytes(text));
}
