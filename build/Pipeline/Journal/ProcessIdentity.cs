using System.Diagnostics;

namespace BuildPipeline.Journal;

/// <summary>A process, in a form that only processes of the same machine can judge.</summary>
/// <param name="Place">The machine since its last start, and on Linux the process ID namespace: containers share a host's name, or its ID.</param>
/// <param name="Id">Process ID in that place.</param>
/// <param name="StartedAt">When it started, by that machine's clock; process IDs are used again.</param>
public sealed record ProcessIdentity(string Place, int Id, DateTimeOffset StartedAt)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <summary>This process.</summary>
    public static ProcessIdentity Current { get; } = OfThis();

    /// <summary>True if it ran here and has ended; false if it runs, or nobody here can know.</summary>
    public bool HasEnded()
    {
        if (Place != Current.Place)
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(Id);
            return process.HasExited || (process.StartTime.ToUniversalTime() - StartedAt.UtcDateTime).Duration() > Tolerance;
        }
        catch (ArgumentException)
        {
            return true;
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            // It is there and another user's, or it ended this very moment: its lease expires by itself.
            return false;
        }
    }

    private static ProcessIdentity OfThis()
    {
        using var process = Process.GetCurrentProcess();
        return new(PlaceOfThis(), process.Id, process.StartTime.ToUniversalTime());
    }

    private static string PlaceOfThis()
    {
        const string Boot = "/proc/sys/kernel/random/boot_id";
        const string Namespace = "/proc/self/ns/pid";
        return File.Exists(Boot) && new FileInfo(Namespace).LinkTarget is { } space ? $"{File.ReadAllText(Boot).Trim()}/{space}" : Environment.MachineName;
    }
}
