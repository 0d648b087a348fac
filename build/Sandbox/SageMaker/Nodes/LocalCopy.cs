using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>Copies an object to a file.</summary>
internal static class LocalCopy
{
    public static async Task WriteAsync(IObjectStore objects, StoredObject item, string file, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await using var content = objects.Open(item);
        await using var target = File.Create(file);
        await content.CopyToAsync(target, cancellationToken);
    }
}

/// <summary>Paths out of names that others chose.</summary>
internal static class SafePath
{
    /// <summary>The path of a name below a folder, or null if it would be outside.</summary>
    public static string? Combine(string folder, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name));
        return path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : null;
    }
}
