using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace BuildPipeline.Sandbox.Tests.Support;

/// <summary>The digest that S3's ETags and Content-MD5 are made of.</summary>
internal static class Md5
{
    [SuppressMessage("Security", "CA5351", Justification = "S3's protocol prescribes MD5; nothing is protected by it.")]
    public static byte[] Of(ReadOnlySpan<byte> content) => MD5.HashData(content);
}
