namespace BuildPipeline.Kernel;

/// <summary>Files that are either the old or the new one, whatever happens.</summary>
public static class WholeFile
{
    /// <summary>Replaces a file; when this returns, it is on the disk.</summary>
    /// <param name="path">The file, in a folder that exists.</param>
    /// <param name="content">All that it holds from now on.</param>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        // Two processes may write at once, each with its own file.
        var temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
