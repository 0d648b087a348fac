using System.Globalization;
using BuildPipeline.Accounts;

namespace BuildPipeline.Reporting;

/// <summary>The issue or pull request that a summary is posted to.</summary>
/// <param name="BaseAddress">GitHub's own, an enterprise server's, or the sandbox's.</param>
/// <param name="Token">Never shown.</param>
public sealed record GitHubTarget(Uri BaseAddress, string Owner, string Repository, int Issue, string Token)
{
    /// <summary>Where a summary is posted; null if nothing names an issue or there is no token.</summary>
    /// <param name="issue">The issue.</param>
    /// <param name="access">GitHub, as this process may use it.</param>
    public static GitHubTarget? From(GitHubIssue? issue, GitHubAccess access) =>
        (issue, access.Token) is ({ } named, { Length: > 0 } token)
            ? new(access.Address, named.Repository.Split('/')[0], named.Repository.Split('/')[1], named.Number, token)
            : null;

    /// <summary>As a person names it; without the token.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Owner}/{Repository}#{Issue}");
}
