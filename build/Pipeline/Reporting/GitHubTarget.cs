using System.Globalization;
using BuildPipeline.Accounts;

namespace BuildPipeline.Reporting;

/// <summary>The issue or pull request that a summary is posted to.</summary>
/// <param name="BaseAddress">GitHub's own, an enterprise server's, or the sandbox's.</param>
/// <param name="Token">Never shown.</param>
public sealed record GitHubTarget(Uri BaseAddress, string Owner, string Repository, int Issue, string Token)
{
    /// <summary>Where a summary is posted; null if nothing names an issue or there is no token.</summary>
    /// <param name="repository"><c>--github-repository</c>, OWNER/NAME.</param>
    /// <param name="issue"><c>--github-issue</c>.</param>
    /// <param name="access">GitHub, as this process may use it.</param>
    public static GitHubTarget? From(string? repository, int? issue, GitHubAccess access) =>
        (repository ?? access.Repository, issue ?? access.Issue, access.Token) is ({ } name, { } number, { Length: > 0 } token)
            ? new(access.Address, name.Split('/')[0], name.Split('/')[1], number, token)
            : null;

    /// <summary>As a person names it; without the token.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Owner}/{Repository}#{Issue}");
}
