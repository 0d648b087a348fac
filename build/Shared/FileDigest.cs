using System.Security.Cryptography;

namespace BuildPipeline;

/// <summary>
/// The SHA-256 of a file as S3 keeps it, so a listing of checksums is enough to compare: that of its bytes if it is one part,
/// otherwise that of the SHA-256 of its parts, one after the other. training/channels.py computes the same.
/// </summary>
/// <param name="Sha256">Lower-case hex.</param>
/// <param name="Parts">SHA-256 of each part, base64 as in S3's answers; empty for a file of one part.</param>
internal sealed record FileDigest(string Sha256, IReadOnlyList<string> Parts)
{
    private const int Sha256Bytes = 32;
    private const int BufferBytes = 1024 * 1024;

    /// <summary>Reads a file to its end.</summary>
    /// <param name="content">The file.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IOException">It has another size.</exception>
    public static async Task<FileDigest> ComputeAsync(Stream content, long size, CancellationToken cancellationToken)
    {
        using var part = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[(int)Math.Min(BufferBytes, size + 1)];
        var parts = new List<byte[]>();
        foreach (var (_, _, length) in FileParts.Plan(size))
        {
            for (var left = length; left > 0;)
            {
                var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellationToken);
                part.AppendData(buffer, 0, read > 0 ? read : throw Resized());
                left -= read;
            }

            parts.Add(part.GetHashAndReset());
        }

        if (await content.ReadAsync(buffer.AsMemory(0, 1), cancellationToken) > 0)
        {
            throw Resized();
        }

        return parts is [var only] ? new(Convert.ToHexStringLower(only), [])
            : new(Convert.ToHexStringLower(SHA256.HashData(parts.SelectMany(hash => hash).ToArray())), [.. parts.Select(Convert.ToBase64String)]);
    }

    /// <summary>What S3's checksum of an object says; null if it is none of an object that was sent in these parts.</summary>
    /// <param name="checksum">Base64; behind it a hyphen and the number of parts, where it is a checksum of checksums.</param>
    /// <param name="size">Bytes of the object.</param>
    public static string? FromS3(string? checksum, long size)
    {
        var count = FileParts.Count(size);
        var hash = new byte[Sha256Bytes + 1];
        var isExpected = checksum?.Split('-') switch
        {
            [_] => count == 1,
            [_, var number] => count > 1 && number == FormattableString.Invariant($"{count}"),
            _ => false,
        };
        return isExpected && Convert.TryFromBase64String(checksum!.Split('-')[0], hash, out var length) && length == Sha256Bytes
            ? Convert.ToHexStringLower(hash.AsSpan(0, Sha256Bytes))
            : null;
    }

    private static IOException Resized() => new("It changed while it was read");
}
