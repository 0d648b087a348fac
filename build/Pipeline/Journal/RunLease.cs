using System.Text.Json;

namespace BuildPipeline.Journal;

/// <summary>Holds an environment for one process, so two launches at once cannot start the same work twice.</summary>
/// <remarks>The lock is the operating system's: a process that dies, however it dies, gives it back.</remarks>
public sealed class RunLease : IDisposable
{
    // Another process has the file locked: EWOULDBLOCK of Linux and macOS, and the two violations of Windows. A full disk is none of them.
    private static readonly int[] InUse = [11, 35, unchecked((int)0x80070020), unchecked((int)0x80070021)];

    private readonly FileStream _lock;
    private readonly string _holderFile;

    private RunLease(FileStream @lock, string holderFile)
    {
        _lock = @lock;
        _holderFile = holderFile;
    }

    /// <summary>Takes the lease of an environment.</summary>
    /// <param name="runsFolder">Folder that holds the runs.</param>
    /// <param name="environment">The Terraform environment.</param>
    /// <param name="target">The target that takes it, named to whoever comes second.</param>
    /// <param name="hints">Writes the commands that whoever comes second can use.</param>
    /// <exception cref="PipelineException">Another process holds it (exit code 75); the sentence says which.</exception>
    public static RunLease Take(string runsFolder, string environment, string target, CommandHints hints, DateTimeOffset now)
    {
        var holderFile = Path.Combine(runsFolder, $"{environment}.lease.json");
        try
        {
            var stream = new FileStream(Path.Combine(runsFolder, $"{environment}.lease"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(holderFile, JsonSerializer.Serialize(new Holder(Environment.ProcessId, target, now), RunJson.Indented));
            return new RunLease(stream, holderFile);
        }
        catch (IOException exception) when (InUse.Contains(exception.HResult))
        {
            var holder = ReadHolder(holderFile);
            throw new PipelineException(
                JournalErrors.InUse,
                $"Environment {environment} is in use{holder}. Wait for it to finish. Show its state or stop its job with:\n  {hints.For("Status")}\n  {hints.For("Stop")}");
        }
    }

    /// <summary>Gives the lease back.</summary>
    public void Dispose()
    {
        File.Delete(_holderFile);
        _lock.Dispose();
    }

    private static string ReadHolder(string file)
    {
        try
        {
            var holder = JsonSerializer.Deserialize<Holder>(File.ReadAllText(file), RunJson.Indented);
            return holder is null ? "" : $" by {holder.Target} (process {holder.Pid}, since {holder.Since:u})";
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return "";
        }
    }

    private sealed record Holder(int Pid, string Target, DateTimeOffset Since);
}
