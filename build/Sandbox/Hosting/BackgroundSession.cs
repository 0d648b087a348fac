using System.Runtime.InteropServices;

namespace BuildPipeline.Sandbox.Hosting;

/// <summary>Leaves the terminal session of whoever started the sandbox.</summary>
internal static partial class BackgroundSession
{
    /// <summary>Ctrl-C at the terminal goes to the whole session; a sandbox that runs behind a launch must not end with it.</summary>
    public static void Enter()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetSession();
        }
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSession();
}
