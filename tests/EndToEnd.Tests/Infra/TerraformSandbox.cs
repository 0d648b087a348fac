using System.Text.Json;
using Amazon.Runtime;
using Amazon.S3;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>A sandbox, and the stock terraform attached to its provider; shared by the tests of a class.</summary>
public sealed class TerraformSandbox : IAsyncLifetime
{
    private const string Absent = "terraform is not installed, so the infrastructure was not tested with it";

    private readonly string _folder = Directory.CreateTempSubdirectory("infra-test-").FullName;
    private HostedSandbox? _sandbox;
    private bool _hasTerraform;

    private RunningSandbox Sandbox => _sandbox?.Running ?? throw new InvalidOperationException("The sandbox is not started.");

    public async Task InitializeAsync()
    {
        _hasTerraform = await ExternalTool.WorksAsync("terraform", "version");
        if (_hasTerraform)
        {
            _sandbox = await HostedSandbox.StartAsync(Path.Combine(_folder, "state"));
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

    /// <summary>A copy of the module to work in, so no test leaves a file in the repository or meets another's; program and documents are next to it.</summary>
    /// <param name="name">Names the copy and its state object.</param>
    public TerraformFolder Copy(string name)
    {
        Skip.IfNot(_hasTerraform, Absent);
        var copy = Path.Combine(_folder, name);
        Checkout.CopyTo(copy);
        return new TerraformFolder(Path.Combine(copy, "infra"), name, Checkout.Environment(_folder, Sandbox));
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
}
