using Amazon.Runtime;

namespace BuildPipeline.Accounts;

/// <summary>An account in which everything is done as a role.</summary>
/// <param name="account">The account, with the credentials that assumed the role.</param>
/// <param name="session">Credentials of the role.</param>
/// <param name="endsAt">When the newest session of the role ends, where no other can be got; null if that is not known.</param>
public sealed class AssumedRoleAccount(IAccount account, AWSCredentials session, Func<DateTimeOffset?> endsAt) : IAccount
{
    /// <inheritdoc/>
    public bool IsOpen => account.IsOpen;

    /// <inheritdoc/>
    public string Region => account.Region;

    /// <inheritdoc/>
    public PollingOptions PollingOptions => account.PollingOptions;

    /// <inheritdoc/>
    public ApprovalMode Approval => account.Approval;

    /// <summary>False: a role works in a bucket that is there, and its policies let it neither create nor remove one.</summary>
    public bool OwnsStateBucket => false;

    /// <inheritdoc/>
    public GitHubAccess GitHub => account.GitHub;

    /// <inheritdoc/>
    public Uri PriceLists => account.PriceLists;

    /// <inheritdoc/>
    public DateTimeOffset? CredentialsEndAt => endsAt();

    /// <inheritdoc/>
    public GitHubIdentity? GitHubIdentity => null;

    /// <summary>Those of the account for the role's credentials as of now.</summary>
    public IReadOnlyDictionary<string, string> TerraformVariables => TerraformVariablesOf(session.GetCredentials());

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> TerraformVariablesOf(ImmutableCredentials session) => account.TerraformVariablesOf(session);

    /// <inheritdoc/>
    public string? EndpointOf(string service) => account.EndpointOf(service);

    /// <inheritdoc/>
    public AwsConnection In(string region) => new RoleConnection(account.In(region), session);

    /// <inheritdoc/>
    public bool KnowsImages => account.KnowsImages;

    /// <inheritdoc/>
    public Task<string?> ImageProblemAsync(string image, CancellationToken cancellationToken) => account.ImageProblemAsync(image, cancellationToken);

    /// <inheritdoc/>
    public Task<IAsyncDisposable> ScheduleInterruptionsAsync(IReadOnlyList<string>? interruptions, CancellationToken cancellationToken) =>
        account.ScheduleInterruptionsAsync(interruptions, cancellationToken);
}
