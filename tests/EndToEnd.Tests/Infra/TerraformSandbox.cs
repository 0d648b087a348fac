using System.Text.Json;
using Amazon.Runtime;
using Amazon.S3;
using BuildPipeline.EndToEnd.Tests.Pipeline;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>A sandbox process, and the stock terraform attached to its provider; shared by the tests of a class.</summary>
public sealed class TerraformSandbox : IAsyncLifetime
{
    private const string Absent = "terraform is not installed, so the infrastructure was not tested with it";

    private readonly string _folder = Directory.CreateTempSubdirectory("infra-test-").FullName;
    private SandboxProcess? _sandbox;
    private bool _hasTerraform;

    /// <summary>The folder <c>infra/</c> of the repository.</summary>
    public static string Infra { get; } = Path.Combine(Workplace.Root, "infra");

    public SandboxProcess Sandbox => _sandbox ?? throw new InvalidOperationException("The sandbox is not started.");

    public async Task InitializeAsync()
    {
        _hasTerraform = await ExternalTool.WorksAsync("terraform", "version");
        if (_hasTerraform)
        {
            _sandbox = await SandboxProcess.StartAsync(Directory.CreateDirectory(Path.Combine(_folder, "state")).FullName, "--idle-minutes=10");
        }
    }

    public async Task DisposeAsync()
    {
        if (_sandbox is not null)
        {
            await _sandbox.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A copy of the module to work in, so no test leaves a file in the repository or meets another's.</summary>
    /// <param name="name">Names the copy and its state object.</param>
    public TerraformFolder Copy(string name)
    {
        Skip.IfNot(_hasTerraform, Absent);
        var copy = Path.Combine(_folder, name);
        foreach (var file in Directory.EnumerateFiles(Infra, "*", SearchOption.AllDirectories).Where(IsSource))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(Infra, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return new TerraformFolder(copy, name, Environment());
    }

    /// <summary>The published S3 client on the sandbox.</summary>
    public AmazonS3Client CreateS3() => new(new BasicAWSCredentials("sandbox", "sandbox"), new AmazonS3Config
    {
        ServiceURL = Sandbox.Url.ToString(),
        AuthenticationRegion = "us-east-1",
        ForcePathStyle = true,
    });

    /// <summary>What terraform has created in the sandbox and not destroyed, by type.</summary>
    public async Task<IReadOnlyList<string>> ResourceTypesAsync()
    {
        using var http = new HttpClient { BaseAddress = Sandbox.Url };
        using var answer = JsonDocument.Parse(await http.GetStringAsync("/_sandbox/resources"));
        return [.. answer.RootElement.GetProperty("resources").EnumerateArray().Select(resource => resource.GetProperty("type").GetString()!)];
    }

    private static bool IsSource(string file) =>
        !Path.GetRelativePath(Infra, file).Split(Path.DirectorySeparatorChar).Contains(".terraform")
        && Path.GetFileName(file) is not ("terraform.tfvars" or ".terraform.lock.hcl");

    private Dictionary<string, string> Environment()
    {
        var configuration = Path.Combine(_folder, "terraform.rc");
        File.WriteAllText(configuration, "");
        return new Dictionary<string, string>
        {
            ["TF_REATTACH_PROVIDERS"] = JsonSerializer.Serialize(new Dictionary<string, object>
            {
                ["registry.terraform.io/hashicorp/aws"] = new
                {
                    Protocol = "grpc",
                    ProtocolVersion = 5,
                    Pid = Sandbox.Id,
                    Test = true,
                    Addr = new { Network = "tcp", String = Sandbox.Provider },
                },
            }),
            ["TF_CLI_CONFIG_FILE"] = configuration,
            ["TF_IN_AUTOMATION"] = "1",
            ["TF_INPUT"] = "0",
            ["CHECKPOINT_DISABLE"] = "1",
            ["AWS_ENDPOINT_URL_S3"] = Sandbox.Url.ToString().TrimEnd('/'),
            ["AWS_ACCESS_KEY_ID"] = "sandbox",
            ["AWS_SECRET_ACCESS_KEY"] = "sandbox",
            ["AWS_REGION"] = "us-east-1",
        };
    }
}
