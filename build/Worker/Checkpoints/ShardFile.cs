using System.Runtime.InteropServices;
using BuildPipeline.Worker.Model;

namespace BuildPipeline.Worker.Checkpoints;

/// <summary>
/// rank-N.bin of a checkpoint: a node's shard of parameters and optimizer moments. Little-endian: 8 bytes of signature;
/// step, total, start and length as 32-bit integers; then three arrays of doubles (parameters, first and second moment).
/// </summary>
internal static class ShardFile
{
    private const int HeaderLength = 24;

    private static ReadOnlySpan<byte> Signature => "BMLP/1\r\n"u8;

    public static byte[] Write(int step, double[] parameters, AdamOptimizer optimizer)
    {
        var shard = optimizer.Shard;
        var content = new byte[HeaderLength + (3 * shard.Length * sizeof(double))];
        Signature.CopyTo(content);
        ReadOnlySpan<int> header = [step, parameters.Length, shard.Start, shard.Length];
        MemoryMarshal.AsBytes(header).CopyTo(content.AsSpan(Signature.Length));
        var body = MemoryMarshal.Cast<byte, double>(content.AsSpan(HeaderLength));
        parameters.AsSpan(shard.Start, shard.Length).CopyTo(body);
        optimizer.FirstMoment.CopyTo(body[shard.Length..]);
        optimizer.SecondMoment.CopyTo(body[(2 * shard.Length)..]);
        return content;
    }

    /// <summary>
    /// Puts one file's part of the parameters in place, and of the moments what falls into the optimizer's own shard, so
    /// that a run also resumes with another number of nodes.
    /// </summary>
    /// <returns>Which part of the parameters it held.</returns>
    /// <exception cref="InvalidDataException">The content is not a shard of this step and model.</exception>
    public static Shard Read(ReadOnlySpan<byte> content, int step, double[] parameters, AdamOptimizer optimizer)
    {
        if (content.Length < HeaderLength || !content.StartsWith(Signature))
        {
            throw new InvalidDataException("it is not a shard of this worker");
        }
        var header = MemoryMarshal.Cast<byte, int>(content[Signature.Length..HeaderLength]);
        var shard = new Shard(header[2], header[3]);
        var body = MemoryMarshal.Cast<byte, double>(content[HeaderLength..]);
        if (header[0] != step || header[1] != parameters.Length || shard.Start < 0 || shard.Length < 0
            || (long)shard.Start + shard.Length > parameters.Length || body.Length != 3L * shard.Length)
        {
            throw new InvalidDataException($"it holds step {header[0]} and {header[1]} parameters, not step {step} and {parameters.Length}");
        }
        body[..shard.Length].CopyTo(parameters.AsSpan(shard.Start));
        var from = Math.Max(shard.Start, optimizer.Shard.Start);
        var count = Math.Min(shard.Start + shard.Length, optimizer.Shard.Start + optimizer.Shard.Length) - from;
        if (count > 0)
        {
            body.Slice(shard.Length + from - shard.Start, count).CopyTo(optimizer.FirstMoment.AsSpan(from - optimizer.Shard.Start));
            body.Slice((2 * shard.Length) + from - shard.Start, count).CopyTo(optimizer.SecondMoment.AsSpan(from - optimizer.Shard.Start));
        }
        return shard;
    }
}
