namespace BuildPipeline.Sandbox.Hosting;

/// <summary>Small files that are either the old or the new one, whatever happens.</summary>
internal static class AtomicFile
{
    public static void Write(string path, string text)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }
}
