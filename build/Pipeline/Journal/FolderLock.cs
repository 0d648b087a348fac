using System.Text.Json;

namespace BuildPipeline.Journal;

/// <summary>A lock among the processes of one machine that record runs in the same folder.</summary>
/// <remarks>The lock is the operating system's: a process that dies, however it dies, gives it back.</remarks>
public sealed class FolderLock : IDisposable
{
    // Another process has the file locked: EWOULDBLOCK of Linux and macOS, and the two violations of Windows. A full disk is none of them.
    private static readonly int[] InUse = [11, 35, unchecked((int)0x80070020), unchecked((int)0x80070021)];

    private readonly FileStream _lock;
    private readonly string _holderFile;

    private FolderLock(FileStream @lock, string holderFile)
    {
        _lock = @lock;
        _holderFile = holderFile;
    }

    /// <summary>Takes a lock.</summary>
    /// <param name="file">Absolute path of the file that is locked; its folder exists. Next to it is a file that names the holder.</param>
    /// <param name="target">The target that takes it, named to whoever comes second.</param>
    /// <param name="now">The time.</param>
    /// <returns>The lock; null where another process holds it.</returns>
    public static FolderLock? TryTake(string file, string target, DateTimeOffset now)
    {
        try
        {
            var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(HolderFileOf(file), JsonSerializer.Serialize(new Holder(Environment.ProcessId, target, now), RunJson.Indented));
            return new FolderLock(stream, HolderFileOf(file));
        }
        catch (IOException exception) when (InUse.Contains(exception.HResult))
        {
            return null;
        }
    }

    /// <summary>The process that holds a lock, for messages.</summary>
    /// <param name="file">Absolute path of the file that is locked.</param>
    public static string DescribeHolder(string file)
    {
        try
        {
            var holder = JsonSerializer.Deserialize<Holder>(File.ReadAllText(HolderFileOf(file)), RunJson.Indented)!;
            return $"{holder.Target} on this machine (process {holder.Pid}, since {holder.Since:u})";
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return "another process on this machine";
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        File.Delete(_holderFile);
        _lock.Dispose();
    }

    private static string HolderFileOf(string file) => $"{file}.json";

    private sealed record Holder(int Pid, string Target, DateTimeOffset Since);
}
