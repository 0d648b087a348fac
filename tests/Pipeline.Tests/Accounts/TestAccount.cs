using Amazon.Runtime;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;

namespace BuildPipeline.Pipeline.Tests.Accounts;

/// <summary>An account whose values a test sets; it starts nothing.</summary>
internal sealed class TestAccount : IAccount
{
    /// <summary>Where the endpoint is; null is the public AWS.</summary>
    public Uri? Endpoint { get; set; }

    public bool IsOpen => true;

    public string Region { get; set; } = "us-east-1";

    public PollingOptions PollingOptions { get; init; } = PollingOptions.Sandbox;

    public ApprovalMode Approval { get; init; } = ApprovalMode.Automatic;

    public bool OwnsStateBucket { get; init; }

    public GitHubAccess GitHub { get; init; } = new(new Uri("http://127.0.0.1:9"), null, null, null);

    public DateTimeOffset? CredentialsEndAt { get; set; }

    public GitHubIdentity? GitHubIdentity => null;

    public Uri PriceLists => new("http://127.0.0.1:9");

    public IReadOnlyDictionary<string, string> TerraformVariables { get; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> TerraformVariablesOf(ImmutableCredentials session) => new AwsAccount(_ => null).TerraformVariablesOf(session);

    /// <summary>What was scheduled, and that it was taken back.</summary>
    public List<string> Schedules { get; } = [];

    public string? ImageProblem { get; init; }

    public static AwsClients Clients(string region, Uri endpoint) => new(new TestAccount { Endpoint = endpoint }, new NamedRegion(region));

    public string? EndpointOf(string service) => Endpoint?.ToString();

    public AwsConnection In(string region) => Endpoint is null ? new PublicConnection(region) : new SandboxConnection(region, Endpoint);

    public bool KnowsImages => false;

    public Task<string?> ImageProblemAsync(string image, CancellationToken cancellationToken) => Task.FromResult(ImageProblem);

    public Task<IAsyncDisposable> ScheduleInterruptionsAsync(IReadOnlyList<string>? interruptions, CancellationToken cancellationToken)
    {
        Schedules.Add(string.Join(',', interruptions ?? []));
        return Task.FromResult<IAsyncDisposable>(new Restoring(Schedules));
    }

    private sealed class Restoring(List<string> schedules) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            schedules.Add("restored");
            return default;
        }
    }
}
