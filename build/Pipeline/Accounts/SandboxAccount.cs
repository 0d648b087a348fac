using Amazon.Runtime;

namespace BuildPipeline.Accounts;

/// <summary>The sandbox as an account, in which nothing can be spent.</summary>
public sealed class SandboxAccount : IAccount
{
    /// <summary>The environment that is in the sandbox.</summary>
    public const string EnvironmentName = "sandbox";

    // The sandbox's tokens are logins: this is the App that a workflow's own token belongs to.
    private const string Workflow = "github-actions[bot]";

    // Each pull request of the sandbox's GitHub has it.
    private const string HeadOfPullRequests = "0000000000000000000000000000000000000000";

    private readonly SandboxProcess _process;
    private readonly SandboxEndpoint _opened;

    private (string Key, Uri Url, string Address)? _provider;

    private readonly Func<string, string?> _variable;

    private SandboxAccount(SandboxProcess process, SandboxEndpoint opened, Func<string, string?> variable) => (_process, _opened, _variable) = (process, opened, variable);

    /// <inheritdoc/>
    public bool IsOpen => true;

    /// <inheritdoc/>
    public string Region => Endpoint.Region;

    /// <inheritdoc/>
    public PollingOptions PollingOptions => PollingOptions.Sandbox;

    /// <inheritdoc/>
    public ApprovalMode Approval => ApprovalMode.Automatic;

    /// <inheritdoc/>
    public bool OwnsStateBucket => true;

    /// <summary>The sandbox's own GitHub. A workflow names repository, pull request and commit; its token stays out.</summary>
    public GitHubAccess GitHub => GitHubAccess.From(_variable) is { Repository: not null } named
        ? named with { Address = Endpoint.Url, Token = Workflow, Head = named.Head ?? HeadOfPullRequests, CheckedOut = null }
        : new(Endpoint.Url, Workflow, "sandbox/pipeline", 1) { Head = HeadOfPullRequests };

    /// <inheritdoc/>
    public Uri PriceLists => Endpoint.Url;

    /// <summary>Never: the key of the sandbox's user is good for ever.</summary>
    public DateTimeOffset? CredentialsEndAt => null;

    /// <inheritdoc/>
    public GitHubIdentity? GitHubIdentity => null;

    /// <summary>All ways to a real account are closed.</summary>
    public IReadOnlyDictionary<string, string> TerraformVariables => VariablesAt(Endpoint, new ImmutableCredentials(SandboxConnection.Key, SandboxConnection.Key, token: null));

    // Read from its file each time.
    private SandboxEndpoint Endpoint => _process.LastKnown() ?? _opened;

    /// <summary>Finds the sandbox of the state folder, or starts it.</summary>
    /// <param name="process">The sandbox of this call.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="cancellationToken">Cancels the wait for it.</param>
    /// <exception cref="PipelineException">It did not start; the message says where its log is.</exception>
    public static async Task<SandboxAccount> OpenAsync(SandboxProcess process, Func<string, string?> variable, CancellationToken cancellationToken) =>
        new(process, await process.EnsureStartedAsync(cancellationToken), variable);

    /// <summary>The provider that the sandbox runs does not see terraform's environment, so it has an address for each session.</summary>
    /// <exception cref="PipelineException">The sandbox refuses the credentials, or does not answer.</exception>
    public IReadOnlyDictionary<string, string> TerraformVariablesOf(ImmutableCredentials session)
    {
        var endpoint = Endpoint;
        if (_provider is not { } known || known.Key != session.AccessKey || known.Url != endpoint.Url)
        {
            _provider = known = (session.AccessKey, endpoint.Url, _process.OpenProvider(endpoint, session));
        }

        return VariablesAt(endpoint with { Provider = known.Address }, session);
    }

    /// <inheritdoc/>
    public string? EndpointOf(string service) => Endpoint.Url.ToString();

    /// <inheritdoc/>
    public AwsConnection In(string region) => new SandboxConnection(region, Endpoint.Url);

    /// <inheritdoc/>
    public bool KnowsImages => true;

    /// <inheritdoc/>
    public Task<string?> ImageProblemAsync(string image, CancellationToken cancellationToken) => _process.ImageProblemAsync(image, cancellationToken);

    // The schedule is for all jobs that come after it: one run's own must not reach the next run.
    /// <inheritdoc/>
    public async Task<IAsyncDisposable> ScheduleInterruptionsAsync(IReadOnlyList<string>? interruptions, CancellationToken cancellationToken)
    {
        if (interruptions is null)
        {
            return new NoSchedule();
        }

        var before = await _process.InterruptionsAsync(cancellationToken);
        await _process.SetInterruptionsAsync(interruptions, cancellationToken);
        return new Schedule(_process, before);
    }

    private static Dictionary<string, string> VariablesAt(SandboxEndpoint endpoint, ImmutableCredentials credentials) => new()
    {
        ["TF_REATTACH_PROVIDERS"] = endpoint.ReattachProviders,
        ["AWS_ENDPOINT_URL_S3"] = endpoint.Url.ToString().TrimEnd('/'),
        ["AWS_ACCESS_KEY_ID"] = credentials.AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = credentials.SecretKey,
        ["AWS_SESSION_TOKEN"] = credentials.Token,
        ["AWS_PROFILE"] = "",
        ["AWS_REGION"] = endpoint.Region,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    private sealed class Schedule(SandboxProcess process, IReadOnlyList<string>? before) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await process.SetInterruptionsAsync(before, CancellationToken.None);
    }
}
