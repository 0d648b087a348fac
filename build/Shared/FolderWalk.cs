using System.Formats.Tar;

namespace BuildPipeline;

/// <summary>Lists the plain files of a folder; compiled into each program that reads folders of others.</summary>
/// <remarks>
/// Links are never followed, so the walk stays inside the folder and ends. Nothing is opened but files that have bytes or are
/// known to be plain, so a named pipe cannot hold it up.
/// </remarks>
internal static class FolderWalk
{
    private const char UndecodableByte = '\uFFFD';

    /// <summary>The plain files below a folder, in no particular order.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="includes">False leaves out a file, or a folder with all that it holds; null includes everything.</param>
    /// <exception cref="UnusableEntryException">An entry is not a plain file or folder, cannot be read, or has a name that S3 cannot hold.</exception>
    public static IEnumerable<FileInfo> Files(DirectoryInfo root, Func<FileSystemInfo, bool>? includes = null)
    {
        var folders = new Stack<DirectoryInfo>([root]);
        while (folders.TryPop(out var folder))
        {
            foreach (var entry in Entries(folder).Where(entry => includes?.Invoke(entry) ?? true))
            {
                if (Problem(entry) is { } problem)
                {
                    throw new UnusableEntryException(entry.FullName, problem);
                }

                if (entry is DirectoryInfo inner)
                {
                    folders.Push(inner);
                }
                else if (entry.Exists)
                {
                    yield return (FileInfo)entry;
                }
            }
        }
    }

    private static FileSystemInfo[] Entries(DirectoryInfo folder)
    {
        try
        {
            return folder.GetFileSystemInfos();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UnusableEntryException(folder.FullName, $"cannot be read ({exception.Message.TrimEnd('.')})", exception);
        }
    }

    private static string? Problem(FileSystemInfo entry) => entry switch
    {
        _ when NameProblem(entry.Name) is { } problem => problem,
        { LinkTarget: { } target } => $"is a symbolic link to {target}; replace it with what it points to",
        FileInfo { Exists: true } file => KindProblem(file),
        _ => null,
    };

    private static string? NameProblem(string name) => name switch
    {
        _ when name.Any(char.IsControl) || name.AsSpan().ContainsAny('\uFFFE', '\uFFFF') => "has a control character in its name; rename it",
        _ when name.Contains(UndecodableByte) || name.EnumerateRunes().Any(rune => rune.Value == UndecodableByte) => "has a name that is not valid UTF-8; rename it",
        _ when name.Contains('\\') => "has a backslash in its name; rename it",
        _ => null,
    };

    /// <summary>Why a file is not a plain one, as a clause that follows on its path; null if it is.</summary>
    /// <remarks>
    /// A pipe, socket or device has no length. An archive's header tells what it is, and unlike opening it, writing that never waits.
    /// </remarks>
    public static string? KindProblem(FileInfo file)
    {
        if (file is { Exists: true, Length: > 0 })
        {
            return null;
        }

        try
        {
            using var archive = new MemoryStream();
            using (var writer = new TarWriter(archive, leaveOpen: true))
            {
                writer.WriteEntry(file.FullName, "entry");
            }

            archive.Position = 0;
            using var reader = new TarReader(archive);
            return reader.GetNextEntry()!.EntryType switch
            {
                TarEntryType.Fifo => "is a named pipe, not a plain file; remove it",
                TarEntryType.CharacterDevice or TarEntryType.BlockDevice => "is a device, not a plain file; remove it",
                _ => null,
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"is not a plain file or cannot be read ({exception.Message.TrimEnd('.')})";
        }
    }
}

/// <summary>A folder holds something that cannot be uploaded.</summary>
/// <param name="path">Its full path.</param>
/// <param name="problem">What is wrong with it and what to do: a clause that follows on the path.</param>
/// <param name="inner">The cause.</param>
internal sealed class UnusableEntryException(string path, string problem, Exception? inner = null)
    : IOException($"{Printable(path)} {problem}.", inner)
{
    private static string Printable(string path) => string.Concat(path.Select(character => char.IsControl(character) ? '?' : character));
}
