namespace BuildPipeline;

/// <summary>A range of a file that is sent, and hashed, as one.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Offset">Bytes before it.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct FilePart(int Number, long Offset, long Length);

/// <summary>
/// The parts of a file, within S3's limits for a multipart upload: at most 10,000 parts, each of 5 MiB to 5 GiB but the last.
/// The size alone decides, so every machine, and every later version of a run, cuts the same file at the same places.
/// </summary>
internal static class FileParts
{
    /// <summary>A file of up to this many bytes is one part.</summary>
    public const long SmallestPart = 16L * 1024 * 1024;

    /// <summary>The most parts of an upload.</summary>
    public const int MostParts = 10_000;

    /// <summary>The most bytes of an object.</summary>
    public const long LargestFile = 5L * 1024 * 1024 * 1024 * 1024;

    /// <summary>Bytes of each part but the last: the smallest power of two that is enough.</summary>
    public static long PartSize(long fileSize)
    {
        var size = SmallestPart;
        while (size * MostParts < fileSize)
        {
            size *= 2;
        }

        return size;
    }

    /// <summary>How many parts a file has; an empty file has one.</summary>
    public static int Count(long fileSize) => (int)Math.Max(1, (fileSize + PartSize(fileSize) - 1) / PartSize(fileSize));

    /// <summary>The parts in order.</summary>
    public static IEnumerable<FilePart> Plan(long fileSize)
    {
        var size = PartSize(fileSize);
        return Enumerable.Range(0, Count(fileSize)).Select(index => new FilePart(index + 1, index * size, Math.Min(size, fileSize - (index * size))));
    }
}
