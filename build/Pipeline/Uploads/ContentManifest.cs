using System.Text;

namespace BuildPipeline.Uploads;

/// <summary>A file that a run takes along.</summary>
/// <param name="Path">Relative to its folder, with forward slashes on every system.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Its SHA-256 as S3 keeps it, lower-case hex: a large file's is that of its parts' SHA-256.</param>
public sealed record ContentFile(string Path, long Size, string Sha256)
{
    /// <summary>SHA-256 of each part of a large file, base64; empty for one that is sent in one piece.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];
}

/// <summary>The files of a folder by content, so the same files have the same digest on every machine.</summary>
/// <param name="Root">The folder, absolute.</param>
/// <param name="Files">Its files in ordinal order of their paths; hidden ones and Python's caches are left out.</param>
public sealed record ContentManifest(string Root, IReadOnlyList<ContentFile> Files)
{
    // S3 takes keys of 1024 bytes; bundles/, the digest and two slashes come before the path.
    private const int LongestPath = 1024 - 80;

    /// <summary>SHA-256 over digest, size and path of every file, lower-case hex.</summary>
    public string Sha256 { get; } = ContentDigest.Compute(Files.Select(file => (file.Path, file.Sha256, file.Size)));

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Files.Sum(file => file.Size);

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="purpose">What it is for, for example <c>training data</c>.</param>
    /// <exception cref="PipelineException">The folder is missing, empty or a link, or holds what cannot be uploaded.</exception>
    public static async Task<ContentManifest> ReadAsync(string folder, string purpose, CancellationToken cancellationToken)
    {
        var root = new DirectoryInfo(Path.GetFullPath(folder));
        if (!root.Exists || root.LinkTarget is not null)
        {
            var problem = root.LinkTarget is { } target ? $"is a symbolic link to {target}; use a plain folder"
                : File.Exists(root.FullName) ? "is a file, not a folder"
                : "does not exist";
            throw new PipelineException(UploadErrors.UnusableFolder, $"The {purpose} folder {root.FullName} {problem}.");
        }

        var files = new List<ContentFile>();
        try
        {
            foreach (var file in FolderWalk.Files(root, IsIncluded))
            {
                cancellationToken.ThrowIfCancellationRequested();
                files.Add(await ReadAsync(root, file, cancellationToken));
            }
        }
        catch (UnusableEntryException exception)
        {
            throw new PipelineException(UploadErrors.UnusableFile, $"The {purpose} folder cannot be uploaded: {exception.Message}", exception);
        }

        if (files.Count == 0)
        {
            throw new PipelineException(UploadErrors.EmptyFolder, $"The {purpose} folder {root.FullName} has no files.");
        }

        files.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
        return new(root.FullName, files);
    }

    /// <summary>Full path of one of the files.</summary>
    public string FullPath(ContentFile file) => Path.Combine(Root, file.Path);

    private static async Task<ContentFile> ReadAsync(DirectoryInfo root, FileInfo file, CancellationToken cancellationToken)
    {
        var path = Path.GetRelativePath(root.FullName, file.FullName).Replace('\\', '/');
        if (Encoding.UTF8.GetByteCount(path) > LongestPath)
        {
            throw new UnusableEntryException(file.FullName, $"has a path of more than {LongestPath} bytes, too long for an S3 key; shorten it");
        }

        try
        {
            await using var stream = file.OpenRead();
            var size = stream.Length;
            var digest = await FileDigest.ComputeAsync(stream, size, cancellationToken);
            return new(path, size, digest.Sha256) { Parts = digest.Parts };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UnusableEntryException(file.FullName, $"cannot be read ({exception.Message.TrimEnd('.')})", exception);
        }
    }

    private static bool IsIncluded(FileSystemInfo entry) =>
        !entry.Name.StartsWith('.') && entry.Name != "__pycache__" && entry.Extension is not (".pyc" or ".pyo");
}
