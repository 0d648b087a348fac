using System.Net.Http.Json;
using Amazon.Runtime;
using Amazon.S3;

namespace BuildPipeline.Sandbox.Tests.Support;

/// <summary>A sandbox process on a temporary state folder, shared by the tests of a class (IClassFixture).</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    private SandboxProcess? _process;

    public SandboxProcess Process => _process ?? throw new InvalidOperationException("The sandbox is not started.");

    public string StateFolder { get; } = Directory.CreateTempSubdirectory("sandbox-test-").FullName;

    public Uri Url => Process.Url;

    /// <summary>For the control API and for requests by hand.</summary>
    public HttpClient Http { get; private set; } = new();

    /// <summary>The only credentials there are.</summary>
    public static AWSCredentials Credentials { get; } = new BasicAWSCredentials("sandbox", "sandbox");

    public async Task InitializeAsync() => await StartAsync();

    /// <summary>The published S3 client, path style, without retries unless asked for.</summary>
    public AmazonS3Client CreateS3(int retries = 0) => new(Credentials, new AmazonS3Config
    {
        ServiceURL = Url.ToString(),
        AuthenticationRegion = "us-east-1",
        ForcePathStyle = true,
        MaxErrorRetry = retries,
    });

    /// <summary>Plans one fault through the control API.</summary>
    public async Task PlanFaultAsync(string service, string operation, string kind)
    {
        using var response = await Http.PostAsJsonAsync("/_sandbox/faults", new[] { new { service, operation, kind } });
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Ends the process (SIGKILL, or in good order) and starts another on the same state.</summary>
    public async Task RestartAsync(bool kill)
    {
        if (kill)
        {
            await Process.KillAsync();
        }
        else
        {
            await Process.StopAsync();
        }

        await Process.DisposeAsync();
        await StartAsync();
    }

    /// <summary>What a client process needs in its environment to talk to this sandbox and nothing else.</summary>
    public Dictionary<string, string> ClientEnvironment() => new()
    {
        ["AWS_ENDPOINT_URL"] = Url.ToString().TrimEnd('/'),
        ["AWS_ENDPOINT_URL_S3"] = Url.ToString().TrimEnd('/'),
        ["AWS_ACCESS_KEY_ID"] = "sandbox",
        ["AWS_SECRET_ACCESS_KEY"] = "sandbox",
        ["AWS_REGION"] = "us-east-1",
        ["AWS_DEFAULT_REGION"] = "us-east-1",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_CONFIG_FILE"] = Path.Combine(StateFolder, "no-config"),
        ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(StateFolder, "no-credentials"),
    };

    public async Task DisposeAsync()
    {
        Http.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Directory.Delete(StateFolder, recursive: true);
    }

    private async Task StartAsync()
    {
        _process = await SandboxProcess.StartAsync(StateFolder, "--idle-minutes=10");
        Http.Dispose();
        Http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Url };
    }
}
