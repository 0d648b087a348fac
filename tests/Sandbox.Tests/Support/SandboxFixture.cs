using System.Net.Http.Json;
using Amazon.Runtime;
using Amazon.S3;

namespace BuildPipeline.Sandbox.Tests.Support;

/// <summary>A sandbox on a temporary state folder, shared by the tests of a class (IClassFixture).</summary>
public class SandboxFixture : IAsyncLifetime
{
    private IAsyncDisposable? _sandbox;
    private RunningSandbox? _running;

    public RunningSandbox Running => _running ?? throw new InvalidOperationException("The sandbox is not started.");

    public string StateFolder { get; } = Directory.CreateTempSubdirectory("sandbox-test-").FullName;

    public Uri Url => Running.Url;

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
        if (_sandbox is not null)
        {
            await _sandbox.DisposeAsync();
        }

        Directory.Delete(StateFolder, recursive: true);
    }

    private protected async Task StartAsync()
    {
        (_sandbox, _running) = await LaunchAsync();
        Http.Dispose();
        Http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Url };
    }

    private protected virtual async Task<(IAsyncDisposable Sandbox, RunningSandbox Running)> LaunchAsync()
    {
        var hosted = await HostedSandbox.StartAsync(StateFolder);
        return (hosted, hosted.Running);
    }
}

/// <summary>A sandbox in its own process, for tests that kill it or measure it.</summary>
public sealed class SeparateSandbox : SandboxFixture
{
    private SandboxProcess? _process;

    /// <summary>Ends the process as a power cut would, and starts another on the same state.</summary>
    public async Task RestartAsync()
    {
        await _process!.KillAsync();
        await _process.DisposeAsync();
        await StartAsync();
    }

    private protected override async Task<(IAsyncDisposable Sandbox, RunningSandbox Running)> LaunchAsync()
    {
        _process = await SandboxProcess.StartAsync(StateFolder, "--idle-minutes=10");
        return (_process, _process.Running);
    }
}
