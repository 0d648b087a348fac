using BuildPipeline.Accounts;

namespace BuildPipeline.Reporting.GitHub;

/// <summary>Where a run is shown on GitHub.</summary>
/// <param name="BaseAddress">GitHub's own API, an enterprise server's, or the sandbox's.</param>
/// <param name="Token">Never shown.</param>
/// <param name="Issue">The issue or pull request that gets the comment; null if nothing names one.</param>
/// <param name="Commit">The commit that gets status, check run and deployment; null if none is known.</param>
public sealed record GitHubTarget(Uri BaseAddress, string Token, GitHubIssue? Issue, GitHubRevision? Commit)
{
    /// <summary>Where a run is shown; null if nothing names a place, or there is no token.</summary>
    /// <param name="issue">The issue.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="access">GitHub, as this process may use it.</param>
    public static GitHubTarget? From(GitHubIssue? issue, GitHubRevision? commit, GitHubAccess access) =>
        access.Token is { Length: > 0 } token && (issue is not null || commit is not null) ? new(access.Address, token, issue, commit) : null;

    /// <summary>As a person names it; without the token.</summary>
    public override string ToString() => Issue is { } issue ? FormattableString.Invariant($"{issue.Repository}#{issue.Number}") : $"{Commit!.Repository}@{Commit.Sha}";
}
