using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>A folder with a configuration, and the real terraform attached to a sandbox's provider in it.</summary>
internal sealed class TerraformFolder : IDisposable
{
    private static readonly Lazy<Task<bool>> Installed = new(() => ExternalTool.WorksAsync("terraform", "version"));

    private readonly string _folder = Directory.CreateTempSubdirectory("terraform-test-").FullName;
    private readonly SandboxFixture _sandbox;

    private TerraformFolder(SandboxFixture sandbox) => _sandbox = sandbox;

    /// <summary>A folder with one of the configurations under Fixtures to work in. Skips the test where terraform is absent.</summary>
    public static Task<TerraformFolder> OfFixtureAsync(SandboxFixture sandbox, string fixture) =>
        StartAsync(sandbox, folder => folder.Add($"{fixture}.tf"));

    /// <summary>A folder with its own configuration beside the fixtures' provider block.</summary>
    public static Task<TerraformFolder> OfTextAsync(SandboxFixture sandbox, string configuration, string file = "main.tf") =>
        StartAsync(sandbox, folder => folder.Write(configuration, file));

    /// <summary>A folder whose root has a module of each configuration; <see cref="IndexOf"/> tells which is in a module's folder.</summary>
    public static async Task<TerraformFolder> OfModulesAsync(SandboxFixture sandbox, IReadOnlyList<string> configurations)
    {
        var folder = await StartAsync(sandbox, folder =>
        {
            foreach (var (index, configuration) in configurations.Index())
            {
                Directory.CreateDirectory(folder.PathOf($"case_{index}"));
                folder.Write(configuration, Path.Combine($"case_{index}", "main.tf"));
            }

            folder.Write(string.Join('\n', configurations.Select((_, index) => $$"""module "case_{{index}}" { source = "./case_{{index}}" }""")));
        });
        await folder.RunAsync("init", "-input=false");
        return folder;
    }

    /// <summary>The position of a configuration, from the folder of its module.</summary>
    public static int IndexOf(string module) => int.Parse(module["case_".Length..], CultureInfo.InvariantCulture);

    /// <summary>HOST:PORT of the provider, where it is not the administrator's.</summary>
    public string? Provider { get; set; }

    public void Write(string configuration, string file = "main.tf") => File.WriteAllText(PathOf(file), configuration);

    public string PathOf(string file) => Path.Combine(_folder, file);

    /// <summary>Runs a command that has to succeed.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var (exitCode, output) = await TryAsync(arguments);
        Assert.True(exitCode == 0, $"terraform {string.Join(' ', arguments)} exits {exitCode}: {output}");
        return output;
    }

    public async Task<(int ExitCode, string Output)> TryAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await ExternalTool.RunAsync("terraform", WithoutColour(arguments), Environment(), _folder);
        return (exitCode, output + errors);
    }

    public Task<string> ApplyAsync(params string[] options) => RunAsync(["apply", "-auto-approve", "-input=false", .. options]);

    public Task<string> DestroyAsync(params string[] options) => RunAsync(["destroy", "-auto-approve", "-input=false", .. options]);

    /// <summary>Plans and fails unless there is nothing to do.</summary>
    public async Task PlanFindsNoChangesAsync(params string[] options)
    {
        var (exitCode, output) = await TryAsync(["plan", "-detailed-exitcode", "-input=false", .. options]);
        Assert.True(exitCode == 0, $"The plan should find no changes: {output}");
    }

    /// <summary>The changes that a plan makes, by address, for example <c>create</c> or <c>delete,create</c>; what stays is left out.</summary>
    public async Task<IReadOnlyDictionary<string, string>> PlanActionsAsync(params string[] options)
    {
        var plan = await PlanAsync(options);
        return (plan["resource_changes"]?.AsArray() ?? []).Select(change => (
                Address: (string)change!["address"]!,
                Actions: string.Join(',', change["change"]!["actions"]!.AsArray().Select(action => (string)action!))))
            .Where(change => change.Actions is not "no-op" and not "read")
            .ToDictionary(change => change.Address, change => change.Actions);
    }

    /// <summary>The plan as <c>terraform show -json</c> gives it.</summary>
    public async Task<JsonNode> PlanAsync(params string[] options)
    {
        await RunAsync(["plan", "-input=false", "-out=saved.tfplan", .. options]);
        return JsonNode.Parse(await RunAsync("show", "-json", "saved.tfplan"))!;
    }

    /// <summary>The outputs' values as JSON.</summary>
    public async Task<JsonElement> OutputAsync(string name)
    {
        using var document = JsonDocument.Parse(await RunAsync("output", "-json", name));
        return document.RootElement.Clone();
    }

    /// <summary>The errors and warnings in the output of a command with <c>-json</c>.</summary>
    public static IReadOnlyList<JsonNode> DiagnosticsOf(string output) =>
        [.. output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!["diagnostic"]).OfType<JsonNode>()];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Without a module or a backend there is nothing to initialize: the provider is attached.
    private static async Task<TerraformFolder> StartAsync(SandboxFixture sandbox, Action<TerraformFolder> fill)
    {
        Skip.IfNot(await Installed.Value, "terraform is not installed: the provider is not exercised by the real program.");
        var folder = new TerraformFolder(sandbox);
        folder.Add("provider.tf");
        fill(folder);
        return folder;
    }

    // Options come before what a command works on; a command of two words knows no colours.
    private static string[] WithoutColour(string[] arguments) =>
        arguments[0] is "providers" or "state" ? arguments : [arguments[0], "-no-color", .. arguments[1..]];

    private void Add(string fixture) => File.Copy(Path.Combine(AppContext.BaseDirectory, "Terraform", "Fixtures", fixture), PathOf(fixture));

    private Dictionary<string, string> Environment()
    {
        var settings = PathOf("terraform.rc");
        File.WriteAllText(settings, "");
        return new(_sandbox.ClientEnvironment())
        {
            ["CHECKPOINT_DISABLE"] = "1",
            // Terraform is a short program: it ends before it needs the memory back.
            ["GOGC"] = "400",
            ["TF_CLI_CONFIG_FILE"] = settings,
            ["TF_IN_AUTOMATION"] = "1",
            ["TF_REATTACH_PROVIDERS"] = new JsonObject
            {
                ["registry.terraform.io/hashicorp/aws"] = new JsonObject
                {
                    ["Protocol"] = "grpc",
                    ["ProtocolVersion"] = 5,
                    ["Pid"] = _sandbox.Running.Pid,
                    ["Test"] = true,
                    ["Addr"] = new JsonObject { ["Network"] = "tcp", ["String"] = Provider ?? _sandbox.Running.Provider },
                },
            }.ToJsonString(),
        };
    }
}
