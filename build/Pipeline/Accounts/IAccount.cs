using Amazon.Runtime;

namespace BuildPipeline.Accounts;

/// <summary>The account that a target works in. It is open before anything that uses it exists.</summary>
public interface IAccount
{
    /// <summary>False for a target that works without an account: every other member throws then.</summary>
    bool IsOpen { get; }

    /// <summary>The region where nothing else names one.</summary>
    string Region { get; }

    /// <summary>How often the services are asked, and how fast the spot market is.</summary>
    PollingOptions PollingOptions { get; }

    /// <summary>Who approves a run that nobody has approved on the command line.</summary>
    ApprovalMode Approval { get; }

    /// <summary>True if the state bucket is the pipeline's own: it creates it, and removes it with the last resource.</summary>
    bool OwnsStateBucket { get; }

    /// <summary>GitHub, as this process may use it.</summary>
    GitHubAccess GitHub { get; }

    /// <summary>Where the price lists are published.</summary>
    Uri PriceLists { get; }

    /// <summary>When its credentials end for good; null where their source gives new ones, or does not say when they end.</summary>
    DateTimeOffset? CredentialsEndAt { get; }

    /// <summary>The identity of this workflow job that credentials are to be got with; null where there are others.</summary>
    GitHubIdentity? GitHubIdentity { get; }

    /// <summary>Environment variables that terraform needs to work in this account, and in no other, as of now: each call gets its own.</summary>
    IReadOnlyDictionary<string, string> TerraformVariables { get; }

    /// <summary>The same, to work as a session of a role.</summary>
    IReadOnlyDictionary<string, string> TerraformVariablesOf(ImmutableCredentials session);

    /// <summary>Address that AWS's own command line, in the shell of this process, would send the requests of a service to; null if that is AWS.</summary>
    /// <param name="service">As <c>AWS_ENDPOINT_URL_SERVICE</c> names it, for example <c>ECR</c>.</param>
    string? EndpointOf(string service);

    /// <summary>Where clients of a region connect to, as of now: a sandbox that restarted has another address.</summary>
    AwsConnection In(string region);

    /// <summary>True if the account has all images that there are, so one without a problem can run.</summary>
    bool KnowsImages { get; }

    /// <summary>Why no job can run a training image here; null if that is not known.</summary>
    Task<string?> ImageProblemAsync(string image, CancellationToken cancellationToken);

    /// <summary>Sets the spot interruptions of the jobs that are submitted until the result is disposed.</summary>
    /// <param name="interruptions">As <c>--interruptions</c> gives them; null leaves the account's own.</param>
    /// <param name="cancellationToken">Cancels the wait for the account.</param>
    Task<IAsyncDisposable> ScheduleInterruptionsAsync(IReadOnlyList<string>? interruptions, CancellationToken cancellationToken);
}

/// <summary>Who approves a run that nobody has approved on the command line.</summary>
public enum ApprovalMode
{
    /// <summary>A person at the terminal.</summary>
    Person,

    /// <summary>The account itself, because nothing can be spent in it.</summary>
    Automatic,
}
