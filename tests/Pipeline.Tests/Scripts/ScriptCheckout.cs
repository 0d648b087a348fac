using System.Diagnostics;

namespace BuildPipeline.Pipeline.Tests.Scripts;

/// <summary>How a script ended, with what it wrote to each stream.</summary>
internal sealed record ScriptResult(int ExitCode, string Output, string Errors);

/// <summary>A folder with the two scripts and the files that they read, and a stand-in for <c>dotnet</c> that notes its calls.</summary>
internal sealed class ScriptCheckout : IDisposable
{
    // restore of the solution prints feed.log and ends with feed.code; restore of the rest and build succeed; the host prints its source.
    private const string Stub = """
        #!/usr/bin/env bash
        [ "$1" != --version ] || { echo 10.0.100; exit; }
        # PowerShell as a .NET tool starts itself with the dotnet on PATH.
        case $1 in */pwsh.dll) exec "$(PATH=${PATH#"$STUB:"}; command -v dotnet)" "$@" ;; esac
        echo "$PackageSource $1 $2" >>"$STUB/calls"
        echo "$HOME" >"$STUB/home"
        case $1 in
          restore)
            case $2 in *.sln) cat "$STUB/feed.log"; exit "$(<"$STUB/feed.code")" ;; esac ;;
          build) for o; do case $o in *=host/*) mkdir -p ".build/${o#*=}/Pipeline/release"; : >".build/${o#*=}/Pipeline/release/Pipeline.dll" ;; esac; done ;;
          *) echo "$1" >"$STUB/program"; printf '%s\0' "${@:2}" >"$STUB/arguments"; echo "host with $PackageSource" ;;
        esac
        """;

    private readonly string _stub;

    public ScriptCheckout(string name = "checkout")
    {
        var parent = Directory.CreateTempSubdirectory("build-script-").FullName;
        Root = Path.Combine(parent, name);
        _stub = Path.Combine(parent, "stub");
        Directory.CreateDirectory(_stub);
        Directory.CreateDirectory(Path.Combine(Root, "build"));
        foreach (var file in new[] { "build.sh", "build.ps1", "build/tools.properties", "global.json", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "BannedSymbols.txt", ".editorconfig" })
        {
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(Root, file));
        }

        AddProgram("dotnet", Stub);
        Answer("", 0);
    }

    public string Root { get; }

    /// <summary>Variables beside the test's own; null removes one.</summary>
    public Dictionary<string, string?> Variables { get; } = [];

    /// <summary>The calls of dotnet, each with the package source that it was given.</summary>
    public string[] Calls => File.Exists(Path.Combine(_stub, "calls")) ? File.ReadAllLines(Path.Combine(_stub, "calls")) : [];

    /// <summary>The HOME that dotnet was given last.</summary>
    public string Home => File.ReadAllText(Path.Combine(_stub, "home")).Trim();

    /// <summary>The host that was started last.</summary>
    public string HostProgram => Path.GetFullPath(File.ReadAllText(Path.Combine(_stub, "program")).Trim(), Root);

    /// <summary>The options that the host was started with last.</summary>
    public string[] HostArguments => File.ReadAllText(Path.Combine(_stub, "arguments")).Split('\0')[..^1];

    /// <summary>The calls that ask the feed.</summary>
    public int Probes => Calls.Count(call => call == "published restore BuildPipeline.sln");

    /// <summary>A script that is found on PATH under that name.</summary>
    public void AddProgram(string name, string script)
    {
        var file = Path.Combine(_stub, name);
        File.WriteAllText(file, script.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }

    /// <summary>What a restore of the whole solution from the published packages says from now on.</summary>
    public void Answer(string log, int exitCode)
    {
        File.WriteAllText(Path.Combine(_stub, "feed.log"), log + "\n");
        File.WriteAllText(Path.Combine(_stub, "feed.code"), $"{exitCode}");
    }

    /// <summary>Takes the real dotnet, for a solution of one project and one feed.</summary>
    public void UseRealDotNet(string feed)
    {
        File.Delete(Path.Combine(_stub, "dotnet"));
        Directory.CreateDirectory(Path.Combine(Root, "build", "Pipeline"));
        File.Copy(Path.Combine(Repository.Root, "build", "Pipeline", "Pipeline.csproj"), Path.Combine(Root, "build", "Pipeline", "Pipeline.csproj"));
        Append("BuildPipeline.sln", """
            Microsoft Visual Studio Solution File, Format Version 12.00
            Project("{9A19103F-16F7-4668-BE54-9A1E7A4F7556}") = "Pipeline", "build\Pipeline\Pipeline.csproj", "{11111111-1111-1111-1111-111111111111}"
            EndProject
            Global
            	GlobalSection(SolutionConfigurationPlatforms) = preSolution
            		Debug|Any CPU = Debug|Any CPU
            	EndGlobalSection
            	GlobalSection(ProjectConfigurationPlatforms) = postSolution
            		{11111111-1111-1111-1111-111111111111}.Debug|Any CPU.ActiveCfg = Debug|Any CPU
            		{11111111-1111-1111-1111-111111111111}.Debug|Any CPU.Build.0 = Debug|Any CPU
            	EndGlobalSection
            EndGlobal

            """);
        Append("build/Build.slnf", """{ "solution": { "path": "../BuildPipeline.sln", "projects": ["build\\Pipeline\\Pipeline.csproj"] } }""");
        Append("NuGet.config", $"""
            <configuration><packageSources><clear /><add key="silent" value="{feed}" allowInsecureConnections="true" /></packageSources></configuration>
            """);
        Variables["NUGET_PACKAGES"] = Path.Combine(_stub, "packages");
        Variables["NUGET_HTTP_CACHE_PATH"] = Path.Combine(_stub, "http");
    }

    public void Append(string file, string text) => File.AppendAllText(Path.Combine(Root, file), text);

    public void Delete(string file) => File.Delete(Path.Combine(Root, file));

    /// <summary>A new source: the host has to be built again.</summary>
    public void Touch() => File.WriteAllText(Path.Combine(Root, "build", $"{Guid.NewGuid():n}.cs"), "");

    public Task<ScriptResult> RunAsync(params string[] options) => RunAsync([], options);

    /// <summary>Runs build.ps1 as a shell or a CI step does: as a file, with the options as arguments of the process.</summary>
    public Task<ScriptResult> RunPowerShellAsync(params string[] options) =>
        StartAsync([PowerShell.Program, "-NoProfile", "-File", Path.Combine(Root, "build.ps1"), .. options]);

    /// <summary>Runs a line in a PowerShell session in the checkout, as a user types it.</summary>
    public Task<ScriptResult> RunInSessionAsync(string line) =>
        StartAsync([PowerShell.Program, "-NoProfile", "-Command", $"Set-Location -LiteralPath '{Root}'; {line}; exit $LASTEXITCODE"]);

    /// <summary>Runs the script as a user who can read the checkout and write nothing but its own home.</summary>
    public Task<ScriptResult> RunReadOnlyAsync()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException();
        }

        const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        const UnixFileMode Writable = Readable | UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        File.SetUnixFileMode(Path.GetDirectoryName(Root)!, Writable);
        File.SetUnixFileMode(_stub, Writable);
        File.SetUnixFileMode(Root, Readable);
        Variables["HOME"] = _stub;
        // Root writes everywhere, whatever the mode says.
        return RunAsync(Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [], []);
    }

    private Task<ScriptResult> RunAsync(string[] prefix, string[] options) =>
        StartAsync([.. prefix, "bash", Path.Combine(Root, "build.sh"), .. options]);

    private async Task<ScriptResult> StartAsync(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_stub}:{start.Environment["PATH"]}";
        start.Environment["STUB"] = _stub;
        start.Environment.Remove("PackageSource");
        start.Environment.Remove("RestoreAdditionalProjectSources");
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new ScriptResult(process.ExitCode, output, await errors);
    }

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Directory.Delete(Path.GetDirectoryName(_stub)!, recursive: true);
    }
}
