using Amazon.Runtime;

namespace BuildPipeline.Accounts;

/// <summary>An account of the public AWS: region and credentials are those that AWS's own tools would take.</summary>
/// <param name="variable">Reads an environment variable.</param>
public sealed class AwsAccount(Func<string, string?> variable) : IAccount
{
    private static readonly Uri Published = new("https://pricing.us-east-1.amazonaws.com");

    /// <inheritdoc/>
    public bool IsOpen => true;

    /// <inheritdoc/>
    public string Region { get; } = variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION") ?? "us-east-1";

    /// <inheritdoc/>
    public PollingOptions PollingOptions => PollingOptions.Aws;

    /// <inheritdoc/>
    public ApprovalMode Approval => ApprovalMode.Person;

    /// <inheritdoc/>
    public bool OwnsStateBucket => false;

    /// <inheritdoc/>
    public GitHubAccess GitHub => GitHubAccess.From(variable);

    /// <inheritdoc/>
    public Uri PriceLists => Published;

    /// <inheritdoc/>
    public DateTimeOffset? CredentialsEndAt { get; } = StaticSession.EndsAt(variable);

    /// <inheritdoc/>
    public GitHubIdentity? GitHubIdentity { get; } = GitHubIdentity.From(variable);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> TerraformVariables { get; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> TerraformVariablesOf(ImmutableCredentials session) => new Dictionary<string, string>
    {
        ["AWS_ACCESS_KEY_ID"] = session.AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = session.SecretKey,
        ["AWS_SESSION_TOKEN"] = session.Token,
        ["AWS_PROFILE"] = "",
    };

    /// <inheritdoc/>
    public string? EndpointOf(string service) => variable($"AWS_ENDPOINT_URL_{service}") ?? variable("AWS_ENDPOINT_URL");

    /// <inheritdoc/>
    public AwsConnection In(string region) => new PublicConnection(region);

    /// <inheritdoc/>
    public bool KnowsImages => false;

    /// <inheritdoc/>
    public Task<string?> ImageProblemAsync(string image, CancellationToken cancellationToken) => Task.FromResult(
        image.StartsWith("sandbox/", StringComparison.Ordinal) ? "Images named sandbox/... exist in the sandbox only." : null);

    /// <inheritdoc/>
    public Task<IAsyncDisposable> ScheduleInterruptionsAsync(IReadOnlyList<string>? interruptions, CancellationToken cancellationToken) =>
        Task.FromResult<IAsyncDisposable>(new NoSchedule());
}
