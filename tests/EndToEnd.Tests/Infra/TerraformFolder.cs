using System.Text.Json;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>A copy of the module, and terraform running in it.</summary>
public sealed class TerraformFolder(string path, string name, IReadOnlyDictionary<string, string> environment)
{
    public string Root { get; } = path;

    /// <summary>Key of this copy's state in the sandbox's state bucket.</summary>
    public string StateKey { get; } = $"{name}/terraform.tfstate";

    /// <summary>A folder inside this one.</summary>
    public TerraformFolder In(string folder) => new(Path.Combine(Root, folder), name, environment);

    public string Write(string relativePath, string text)
    {
        var file = Path.Combine(Root, relativePath);
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>Runs terraform.</summary>
    /// <returns>Exit code, and stdout and stderr together.</returns>
    public async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await ExternalTool.RunAsync("terraform", arguments, environment, Root);
        return (exitCode, output + errors);
    }

    /// <summary>Runs a bash script in the folder, with yes as the answer to terraform's questions.</summary>
    /// <returns>Exit code, and stdout and stderr together.</returns>
    public async Task<(int ExitCode, string Output)> ScriptAsync(string script, params string[] arguments)
    {
        var answers = new Dictionary<string, string>(environment) { ["TF_CLI_ARGS_apply"] = "-auto-approve -no-color", ["TF_CLI_ARGS_destroy"] = "-auto-approve -no-color" };
        var (exitCode, output, errors) = await ExternalTool.RunAsync("bash", [script, .. arguments], answers, Root);
        return (exitCode, output + errors);
    }

    /// <summary>Runs terraform, which has to succeed.</summary>
    public async Task<string> SucceedAsync(params string[] arguments)
    {
        var (exitCode, output) = await RunAsync(arguments);
        Assert.True(exitCode == 0, $"terraform {string.Join(' ', arguments)} ended with {exitCode}:\n{output}");
        return output;
    }

    /// <summary>Initializes with the state in the sandbox's S3, under a key of this copy, as a team that adds a backend does.</summary>
    public Task InitAsync()
    {
        Write("backend.tf", "terraform {\n  backend \"s3\" {}\n}\n");
        return SucceedAsync("init", "-no-color", "-backend-config=environments/sandbox.s3.tfbackend", $"-backend-config=key={StateKey}");
    }

    /// <summary>Plans, and reads the plan.</summary>
    public async Task<JsonElement> PlanAsync(params string[] arguments)
    {
        await SucceedAsync(["plan", "-no-color", "-out=test.tfplan", .. arguments]);
        using var document = JsonDocument.Parse(await SucceedAsync("show", "-json", "test.tfplan"));
        return document.RootElement.Clone();
    }
}
