using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Takes the content out of the <c>aws-chunked</c> encoding. It ends only where every chunk has the signature that it should have.</summary>
/// <param name="signatures">Null if the chunks are not signed.</param>
internal sealed class AwsChunkedStream(Stream encoded, ChunkSignatures? signatures) : ForwardStream
{
    private const int LongestLine = 8 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private int _start;
    private int _end;
    private long _chunkLeft;
    private bool _first = true;
    private string _signature = "";
    private bool _ended;

    /// <summary>What came after the content, by lower-case name; complete once the stream is read to its end.</summary>
    public Dictionary<string, string> Trailers { get; } = [];

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.IsEmpty)
        {
            return 0;
        }

        if (_chunkLeft == 0 && !await NextChunkAsync(cancellationToken))
        {
            return 0;
        }

        if (_start == _end)
        {
            await FillAsync(cancellationToken);
        }

        var count = (int)Math.Min(Math.Min(_chunkLeft, _end - _start), buffer.Length);
        _buffer.AsMemory(_start, count).CopyTo(buffer);
        if (signatures is not null)
        {
            _hash.AppendData(_buffer, _start, count);
        }

        _start += count;
        _chunkLeft -= count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Reads the header of the next chunk, and the trailers after the last.</summary>
    private async Task<bool> NextChunkAsync(CancellationToken cancellationToken)
    {
        if (!_first && (await LineAsync(cancellationToken)).Length > 0)
        {
            throw Malformed("a chunk is longer than it says");
        }

        CheckChunk();
        _first = false;
        var line = await LineAsync(cancellationToken);
        (var size, _signature) = line.Split(";chunk-signature=", 2) is [var left, var right] ? (left, right) : (line.Split(';')[0], "");
        if (!long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _chunkLeft) || _chunkLeft < 0)
        {
            throw Malformed($"'{size}' is not a valid chunk size");
        }

        if (_chunkLeft > 0)
        {
            return true;
        }

        CheckChunk();
        await ReadTrailersAsync(cancellationToken);
        _ended = true;
        return false;
    }

    private async Task ReadTrailersAsync(CancellationToken cancellationToken)
    {
        const string Signature = "x-amz-trailer-signature";
        var signed = new StringBuilder();
        while (await LineAsync(cancellationToken) is { Length: > 0 } trailer)
        {
            if (trailer.Split(':', 2, StringSplitOptions.TrimEntries) is [var name, var value])
            {
                Trailers[name.ToLowerInvariant()] = value;
                signed.Append(name.Equals(Signature, StringComparison.OrdinalIgnoreCase) ? "" : $"{name.ToLowerInvariant()}:{value}\n");
            }
        }

        if (signatures is { HasTrailer: true } && !signatures.IsOfTrailer(Trailers.GetValueOrDefault(Signature, ""), signed.ToString()))
        {
            throw CredentialErrors.Of(CredentialFault.WrongSignature, "s3");
        }
    }

    /// <summary>Holds the chunk that was read against its signature.</summary>
    private void CheckChunk()
    {
        if (signatures is not null && !_first && !signatures.IsOfNext(_signature, Convert.ToHexStringLower(_hash.GetHashAndReset())))
        {
            throw CredentialErrors.Of(CredentialFault.WrongSignature, "s3");
        }
    }

    private async Task<string> LineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (line.Length < LongestLine)
        {
            if (_start == _end && !await TryFillAsync(cancellationToken))
            {
                // Some clients leave out the empty line after the trailers.
                return line.ToString().TrimEnd('\r');
            }

            var next = (char)_buffer[_start++];
            if (next == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append(next);
        }

        throw Malformed("a line does not end");
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        if (!await TryFillAsync(cancellationToken))
        {
            throw new AwsError(400, "IncompleteBody", "The request body ended in the middle of a chunk.");
        }
    }

    private async Task<bool> TryFillAsync(CancellationToken cancellationToken)
    {
        _start = 0;
        _end = await encoded.ReadAsync(_buffer, cancellationToken);
        return _end > 0;
    }

    private static AwsError Malformed(string what) => new(400, "InvalidRequest", $"The aws-chunked body is malformed: {what}.");
}
