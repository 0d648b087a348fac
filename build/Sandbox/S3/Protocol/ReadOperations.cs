using System.Buffers;
using System.Globalization;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;
using Microsoft.Net.Http.Headers;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>GetObject and HeadObject.</summary>
internal sealed class ReadOperations(ObjectStore store) : IS3Operations
{
    private const int MostParts = 10_000;
    private const int BufferSize = 64 * 1024;

    public IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers => [("GetObject", ReadAsync), ("HeadObject", ReadAsync)];

    private async Task ReadAsync(S3Call call)
    {
        var (version, content) = store.Read(call.Bucket, call.Key, call.Query("versionId"));
        await using (content)
        {
            CustomerKey.Check(call, version.Headers.CustomerKeyMd5);
            if (call.Operation == "GetObject")
            {
                ObjectHeaderMapping.RequireReadable(version);
            }

            ObjectHeaderMapping.WriteObject(call, version);
            if (call.Query("versionId") is null)
            {
                ExpirationHeader.Write(call.Response, store.Describe(call.Bucket), version);
            }

            ReadCondition.ParseRead(call).Check(version);
            var selected = Select(call, version);
            var (offset, length) = selected ?? (0, version.Size);
            call.Response.ContentLength = length;
            var wantsChecksums = "ENABLED".Equals(call.Header("x-amz-checksum-mode"), StringComparison.OrdinalIgnoreCase);
            if (selected is not null)
            {
                call.Response.StatusCode = StatusCodes.Status206PartialContent;
                call.Response.Headers.ContentRange = $"bytes {offset}-{offset + length - 1}/{version.Size}";
            }

            if (wantsChecksums && (selected is null || call.Query("partNumber") is not null))
            {
                ObjectHeaderMapping.WriteChecksums(call.Response, version, PartOf(call, version)?.Checksums ?? version.Headers.Checksums);
            }

            if (!HttpMethods.IsHead(call.Request.Method))
            {
                content.Seek(offset, SeekOrigin.Begin);
                await CopyAsync(content, call.Response.Body, length, call.Aborted);
            }
        }
    }

    /// <summary>The bytes that a request asks for by range or part number; null for all of them.</summary>
    private static (long Offset, long Length)? Select(S3Call call, VersionRecord version)
    {
        if (call.Query("partNumber") is not null)
        {
            return version.Size == 0 ? null : SelectPart(call, version);
        }

        if (call.Header("Range") is not { } range || ByteRange.Parse(range) is not { } requested)
        {
            return null;
        }

        if (requested.Within(version.Size) is { } within)
        {
            return within;
        }

        call.Response.Headers.ContentRange = $"bytes */{version.Size}";
        throw new AwsError(416, "InvalidRange", "The requested range is not satisfiable");
    }

    /// <summary>The part that a request names, where the object has parts.</summary>
    private static ObjectPart? PartOf(S3Call call, VersionRecord version) =>
        call.Query("partNumber") is null ? null : version.Parts?[call.Number("partNumber", 1, 1, MostParts) - 1];

    private static (long Offset, long Length) SelectPart(S3Call call, VersionRecord version)
    {
        IReadOnlyList<long> sizes = version.Parts is { } parts ? [.. parts.Select(part => part.Size)] : [version.Size];
        var number = call.Number("partNumber", 1, 1, MostParts);
        if (number > sizes.Count)
        {
            throw new AwsError(416, "InvalidPartNumber", "The requested partnumber is not satisfiable");
        }

        if (version.Parts is not null)
        {
            call.Response.Headers["x-amz-mp-parts-count"] = sizes.Count.ToString(CultureInfo.InvariantCulture);
        }

        return (sizes.Take(number - 1).Sum(), sizes[number - 1]);
    }

    private static async Task CopyAsync(Stream source, Stream target, long length, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (length > 0)
            {
                var count = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(length, buffer.Length)), cancellationToken);
                if (count == 0)
                {
                    throw new InvalidDataException("An object's file is shorter than its record says.");
                }

                await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                length -= count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>One range of a Range header: from-to, from-, or the last bytes.</summary>
internal sealed record ByteRange(long? From, long? To)
{
    /// <returns>Null if S3 answers with the whole object: more than one range, or no byte range.</returns>
    public static ByteRange? Parse(string header) =>
        RangeHeaderValue.TryParse(header, out var value) && value.Unit == "bytes" && value.Ranges.Count == 1
            ? new ByteRange(value.Ranges.First().From, value.Ranges.First().To)
            : null;

    /// <returns>Null if no byte of the object is in the range.</returns>
    public (long Offset, long Length)? Within(long size)
    {
        var from = From ?? Math.Max(0, size - To!.Value);
        var to = From is null ? size - 1 : Math.Min(To ?? long.MaxValue, size - 1);
        return from <= to ? (from, to - from + 1) : null;
    }
}
