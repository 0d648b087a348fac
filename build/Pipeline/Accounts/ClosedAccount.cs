using Amazon.Runtime;

namespace BuildPipeline.Accounts;

/// <summary>The account of a target that works in none: whoever uses it has a bug, and must not reach AWS with it.</summary>
/// <param name="target">The target; null for a call without one.</param>
public sealed class ClosedAccount(string? target) : IAccount
{
    /// <inheritdoc/>
    public bool IsOpen => false;

    /// <inheritdoc/>
    public string Region => throw Closed();

    /// <inheritdoc/>
    public PollingOptions PollingOptions => throw Closed();

    /// <inheritdoc/>
    public ApprovalMode Approval => throw Closed();

    /// <inheritdoc/>
    public bool OwnsStateBucket => throw Closed();

    /// <inheritdoc/>
    public GitHubAccess GitHub => throw Closed();

    /// <inheritdoc/>
    public Uri PriceLists => throw Closed();

    /// <inheritdoc/>
    public DateTimeOffset? CredentialsEndAt => throw Closed();

    /// <inheritdoc/>
    public GitHubIdentity? GitHubIdentity => throw Closed();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> TerraformVariables => throw Closed();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> TerraformVariablesOf(ImmutableCredentials session) => throw Closed();

    /// <inheritdoc/>
    public string? EndpointOf(string service) => throw Closed();

    /// <inheritdoc/>
    public AwsConnection In(string region) => throw Closed();

    /// <inheritdoc/>
    public bool KnowsImages => throw Closed();

    /// <inheritdoc/>
    public Task<string?> ImageProblemAsync(string image, CancellationToken cancellationToken) => throw Closed();

    /// <inheritdoc/>
    public Task<IAsyncDisposable> ScheduleInterruptionsAsync(IReadOnlyList<string>? interruptions, CancellationToken cancellationToken) => throw Closed();

    private InvalidOperationException Closed() => new($"No account is open: target {target} works without one.");
}
