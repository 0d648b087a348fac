using BuildPipeline.EndToEnd.Tests.Pipeline;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>What a user has after a build, in a folder of its own: sources, the built host, and a script that starts it.</summary>
/// <param name="place">Has the running sandbox that pipeline and terraform use.</param>
internal sealed class BuiltCheckout(Workplace place) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("checkout-test-");
    private Dictionary<string, string> _environment = [];

    public string Folder => _folder.FullName;

    /// <summary>Writes the folder.</summary>
    /// <returns>Its infra, for terraform alone.</returns>
    public async Task<TerraformFolder> CreateAsync()
    {
        Checkout.CopyTo(Folder);
        var host = Accounts.SandboxProcess.Assembly.Replace("Sandbox", "Pipeline", StringComparison.Ordinal);
        var built = Path.Combine(Folder, "built");
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(host)!, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(built, Path.GetRelativePath(Path.GetDirectoryName(host)!, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        await File.WriteAllTextAsync(Path.Combine(Folder, "BuildPipeline.sln"), "");
        var script = Path.Combine(Folder, "build.sh");
        await File.WriteAllTextAsync(script, $"#!/bin/sh\nexport PIPELINE_SCRIPT=\"$0\"\nexec dotnet {Path.Combine(built, Path.GetFileName(host))} \"$@\"\n");
        await ExternalTool.RunAsync("chmod", ["+x", script], _environment);
        _environment = Checkout.Environment(Folder, place.Sandbox());
        _environment["TF_CLI_ARGS_destroy"] = "-auto-approve";
        return new TerraformFolder(Path.Combine(Folder, "infra"), "seed", _environment);
    }

    /// <summary>Runs a command line in the folder, with bash.</summary>
    /// <returns>Exit code, and stdout and stderr together.</returns>
    public async Task<(int ExitCode, string Output)> RunAsync(string command)
    {
        var (exitCode, output, errors) = await ExternalTool.RunAsync("bash", ["-c", command], _environment, Folder);
        return (exitCode, output + errors);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
