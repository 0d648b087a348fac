using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace BuildPipeline.Training;

/// <summary>The training program as one archive, addressed by its content.</summary>
/// <remarks>
/// <see cref="Sha256"/> is over the files themselves and not over the archive, because compressed bytes differ from one
/// system to the next; times, owners and modes of the files do not matter either.
/// </remarks>
public sealed class SourceBundle
{
    /// <summary>More than this, in bytes, is not a program.</summary>
    public const long MaxBytes = 100 * 1024 * 1024;

    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private readonly byte[] _archive;

    private SourceBundle(FolderContent content, byte[] archive)
    {
        Files = content.Files;
        Sha256 = content.Sha256;
        _archive = archive;
    }

    /// <summary>SHA-256 over the packed files, lower-case hex.</summary>
    public string Sha256 { get; }

    /// <summary>The packed files.</summary>
    public IReadOnlyList<ContentFile> Files { get; }

    /// <summary>Size of the archive, bytes.</summary>
    public long Bytes => _archive.Length;

    /// <summary>Packs a folder as <c>tar.gz</c>; hidden files and Python's caches stay out.</summary>
    /// <exception cref="PipelineException">The folder is missing, empty or too large, or changed meanwhile.</exception>
    public static async Task<SourceBundle> PackAsync(string folder, CancellationToken cancellationToken)
    {
        var content = await FolderContent.ReadAsync(folder, "training program", cancellationToken);
        if (content.Bytes > MaxBytes)
        {
            throw new PipelineException(ExitCode.BadConfiguration,
                $"The training program in {content.Root} has {content.Bytes / (1024 * 1024)} MiB, more than the {MaxBytes / (1024 * 1024)} MiB "
                + "that a bundle may have: keep data out of it and name it as training_data_uri.");
        }

        using var archive = new MemoryStream();
        await using (var gzip = new GZipStream(archive, CompressionLevel.Optimal, leaveOpen: true))
        await using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
        {
            foreach (var file in content.Files)
            {
                await AddAsync(tar, content, file, cancellationToken);
            }
        }

        return new(content, archive.ToArray());
    }

    /// <summary>The archive.</summary>
    public Stream OpenRead() => new MemoryStream(_archive, writable: false);

    private static async Task AddAsync(TarWriter tar, FolderContent content, ContentFile file, CancellationToken cancellationToken)
    {
        var bytes = await File.ReadAllBytesAsync(content.FullPath(file), cancellationToken);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != file.Sha256)
        {
            throw new PipelineException(ExitCode.Failed, $"{content.FullPath(file)} changed while it was packed: run it again.");
        }

        try
        {
            await tar.WriteEntryAsync(
                new UstarTarEntry(TarEntryType.RegularFile, file.Path)
                {
                    DataStream = new MemoryStream(bytes),
                    Mode = ReadableByAll,
                    ModificationTime = DateTimeOffset.UnixEpoch,
                },
                cancellationToken);
        }
        catch (ArgumentException exception)
        {
            throw new PipelineException(ExitCode.BadConfiguration,
                $"The path {file.Path} in the training program is too long for an archive: shorten it.", exception);
        }
    }
}
