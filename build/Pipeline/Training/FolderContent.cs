using System.Security.Cryptography;
using System.Text;

namespace BuildPipeline.Training;

/// <summary>A file that a run takes along.</summary>
/// <param name="Path">Relative to its folder, with forward slashes on every system.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hex.</param>
public sealed record ContentFile(string Path, long Size, string Sha256);

/// <summary>The files of a folder by content, so that the same files have the same digest on every machine.</summary>
/// <param name="Root">The folder, absolute.</param>
/// <param name="Files">Its files in ordinal order of their paths; hidden ones and Python's caches are left out.</param>
public sealed record FolderContent(string Root, IReadOnlyList<ContentFile> Files)
{
    /// <summary>SHA-256 over digest, size and path of every file, lower-case hex.</summary>
    public string Sha256 { get; } = DigestOf(Files);

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Files.Sum(file => file.Size);

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="purpose">What it is for, in the words of an error, for example <c>training data</c>.</param>
    /// <exception cref="PipelineException">The folder is missing or empty, or holds what cannot be taken along.</exception>
    public static async Task<FolderContent> ReadAsync(string folder, string purpose, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(folder);
        if (!Directory.Exists(root))
        {
            var kind = File.Exists(root) ? "is a file, not a folder" : "does not exist";
            throw new PipelineException(ExitCode.BadConfiguration, $"The folder of the {purpose}, {root}, {kind}.");
        }

        var files = new List<ContentFile>();
        foreach (var file in FilesUnder(new DirectoryInfo(root), purpose))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await using var stream = file.OpenRead();
            var hash = await SHA256.HashDataAsync(stream, cancellationToken);
            var path = Path.GetRelativePath(root, file.FullName).Replace('\\', '/');
            files.Add(new(path, stream.Length, Convert.ToHexStringLower(hash)));
        }

        if (files.Count == 0)
        {
            throw new PipelineException(ExitCode.BadConfiguration, $"The folder of the {purpose}, {root}, holds no files.");
        }

        files.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
        return new(root, files);
    }

    /// <summary>Full path of one of the files.</summary>
    public string FullPath(ContentFile file) => Path.Combine(Root, file.Path);

    private static IEnumerable<FileInfo> FilesUnder(DirectoryInfo folder, string purpose)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().Where(IsTaken))
        {
            if (entry.LinkTarget is not null)
            {
                throw new PipelineException(ExitCode.BadConfiguration,
                    $"{entry.FullName} is a symbolic link, which the {purpose} cannot hold: replace it by the file itself.");
            }

            if (entry.Name.Any(char.IsControl))
            {
                throw new PipelineException(ExitCode.BadConfiguration,
                    $"A file name of the {purpose} in {folder.FullName} has a control character in it: rename the file.");
            }

            if (entry is FileInfo file)
            {
                yield return file;
            }
            else
            {
                foreach (var inner in FilesUnder((DirectoryInfo)entry, purpose))
                {
                    yield return inner;
                }
            }
        }
    }

    private static bool IsTaken(FileSystemInfo entry) =>
        !entry.Name.StartsWith('.') && entry.Name != "__pycache__" && entry.Extension is not (".pyc" or ".pyo");

    private static string DigestOf(IEnumerable<ContentFile> files)
    {
        var lines = files.Select(file => FormattableString.Invariant($"{file.Sha256} {file.Size} {file.Path}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }
}
