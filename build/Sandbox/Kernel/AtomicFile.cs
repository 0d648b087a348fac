using System.Text.Json;

namespace BuildPipeline.Sandbox.Kernel;

/// <summary>Small files that are either the old or the new one, whatever happens.</summary>
internal static class AtomicFile
{
    public static void Write(string path, string text)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Writes a record of the state as JSON.</summary>
    public static void WriteRecord<T>(string path, T record) => Write(path, JsonSerializer.Serialize(record, SandboxJson.Options));

    /// <summary>Reads a record of the state back, when the sandbox starts.</summary>
    /// <exception cref="StartupException">The file is damaged.</exception>
    public static T ReadRecord<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), SandboxJson.Options) ?? throw new JsonException("it is empty.");
        }
        catch (JsonException exception)
        {
            throw new StartupException(
                $"The sandbox's state is damaged in {path}: {exception.Message} Delete that file's folder to lose just it, or the state folder to start afresh.");
        }
    }
}
