using System.Buffers;
using System.Security.Cryptography;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>Bytes received into a file of the staging folder, with their digests; gone on disposal unless moved into place.</summary>
internal sealed class StagedBody : IDisposable
{
    private const int BufferSize = 128 * 1024;

    private StagedBody(string path) => Path = path;

    public string Path { get; }

    public long Size { get; private set; }

    public byte[] Md5 { get; private set; } = [];

    /// <summary>SHA-256 of the bytes, where asked for.</summary>
    public byte[]? Sha256 { get; private set; }

    /// <summary>Base64 values by algorithm name.</summary>
    public IReadOnlyDictionary<string, string> Checksums { get; private set; } = new Dictionary<string, string>();

    /// <summary>Lower-case hexadecimal MD5, which is the ETag of an object put in one piece.</summary>
    public string ETag => Convert.ToHexStringLower(Md5);

    /// <summary>Writes a stream into a new file of the folder, in constant memory.</summary>
    /// <param name="withSha256">Whether the signed payload hash has to be checked.</param>
    public static async Task<StagedBody> ReceiveAsync(
        string folder, Stream content, IReadOnlyCollection<ChecksumAlgorithm> algorithms, bool withSha256, CancellationToken cancellationToken)
    {
        var body = new StagedBody(System.IO.Path.Combine(folder, Guid.NewGuid().ToString("N")));
        var digests = algorithms.ToDictionary(algorithm => algorithm.Name, algorithm => algorithm.Start());
        using var md5 = new CryptographicDigest(HashAlgorithmName.MD5);
        using var sha256 = withSha256 ? new CryptographicDigest(HashAlgorithmName.SHA256) : null;
        Digest[] all = sha256 is null ? [md5, .. digests.Values] : [md5, sha256, .. digests.Values];
        try
        {
            await body.CopyAsync(content, all, cancellationToken);
            body.Md5 = md5.Finish();
            body.Sha256 = sha256?.Finish();
            body.Checksums = digests.ToDictionary(digest => digest.Key, digest => Convert.ToBase64String(digest.Value.Finish()));
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
        finally
        {
            Array.ForEach(all, digest => digest.Dispose());
        }
    }

    public void Dispose() => File.Delete(Path);

    private async Task CopyAsync(Stream content, Digest[] digests, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            await using var file = new FileStream(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: true);
            int count;
            while ((count = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                foreach (var digest in digests)
                {
                    digest.Append(buffer.AsSpan(0, count));
                }

                await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                Size += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
