using System.Diagnostics;

namespace BuildPipeline.Sandbox.Tests.Shared;

public sealed class MachinePythonTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("machine-python-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void Given_several_Pythons_When_looked_for_Then_the_first_that_can_import_torch_is_taken()
    {
        var python = new MachinePython(["no-such-python", Script("without", "exit 1"), Script("with", "echo /found/python3"), Script("later", "echo /later")], "torch", Patience);

        Assert.Equal("/found/python3", python.Find()?.Path);
    }

    [SkippableFact]
    public void Given_a_Python_that_hangs_When_looked_for_Then_it_is_given_up()
    {
        var python = new MachinePython([Script("hangs", "sleep 60")], "torch", TimeSpan.FromMilliseconds(200));

        Assert.Null(python.Find());
    }

    [SkippableFact]
    public void Given_torch_is_installed_later_When_looked_for_again_Then_it_is_found()
    {
        var later = Path.Combine(_folder, "later");
        var python = new MachinePython([later], "torch", Patience);
        Assert.Null(python.Find());

        Script("later", "echo /found/python3");

        Assert.Equal("/found/python3", python.Find()?.Path);
    }

    private string Script(string name, string line)
    {
        Skip.If(OperatingSystem.IsWindows(), "the stand-ins for Python are shell scripts, so looking for it was not tested");
        var file = Path.Combine(_folder, name);
        // Written by its own process: a file that this one has open for writing while another test starts a process is
        // inherited by that, and until it lets go Linux starts no such program ("Text file busy").
        using var shell = Process.Start("/bin/sh", ["-c", """printf '#!/bin/sh\n%s\n' "$2" > "$1" && chmod +x "$1" """, "sh", file, line]);
        shell.WaitForExit();
        return file;
    }
}
