namespace BuildPipeline.Uploads;

/// <summary>Counts what is read through it and keeps the last four bytes.</summary>
internal sealed class CountingStream(Stream inner) : Stream
{
    /// <summary>Bytes read.</summary>
    public long Count { get; private set; }

    /// <summary>The last four bytes, little-endian.</summary>
    public uint LastFour { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Count;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Measured(buffer.AsSpan(offset, inner.Read(buffer, offset, count)));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        return Measured(buffer.Span[..read]);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Measured(ReadOnlySpan<byte> read)
    {
        Count += read.Length;
        foreach (var value in read[^Math.Min(4, read.Length)..])
        {
            LastFour = (LastFour >> 8) | ((uint)value << 24);
        }

        return read.Length;
    }
}
