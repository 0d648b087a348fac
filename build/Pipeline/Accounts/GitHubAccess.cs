using System.Text.Json;
using Octokit;

namespace BuildPipeline.Accounts;

/// <summary>GitHub, as this process may use it.</summary>
/// <param name="Address">GitHub's own API, an enterprise server's, or the sandbox's.</param>
/// <param name="Token">Never shown; null if there is none.</param>
/// <param name="Repository">OWNER/NAME of the workflow; null if this is none.</param>
/// <param name="Issue">The pull request of the workflow; null if it has none.</param>
public sealed record GitHubAccess(Uri Address, string? Token, string? Repository, int? Issue)
{
    /// <summary>As a workflow's environment variables give it.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static GitHubAccess From(Func<string, string?> variable) => new(
        new Uri(variable("GITHUB_API_URL") ?? "https://api.github.com/"),
        variable("GITHUB_TOKEN"),
        variable("GITHUB_REPOSITORY"),
        PullRequestOf(variable("GITHUB_EVENT_PATH")));

    /// <summary>A client of GitHub.</summary>
    /// <param name="address">GitHub's own API, an enterprise server's, or the sandbox's.</param>
    /// <param name="token">Never shown.</param>
    public static GitHubClient Client(Uri address, string token) => new(new ProductHeaderValue("build-pipeline"), address) { Credentials = new Credentials(token) };

    /// <summary>Without the token.</summary>
    public override string ToString() => $"{Address}{Repository}";

    // In a workflow of a pull request, GitHub leaves the event as a file.
    private static int? PullRequestOf(string? eventFile)
    {
        if (eventFile is null || !File.Exists(eventFile))
        {
            return null;
        }

        using var document = JsonDocument.Parse(File.ReadAllText(eventFile));
        return document.RootElement.TryGetProperty("pull_request", out var pull) && pull.TryGetProperty("number", out var number) ? number.GetInt32() : null;
    }
}

/// <summary>An issue or a pull request.</summary>
/// <param name="Repository">OWNER/NAME.</param>
/// <param name="Number">Its number.</param>
public sealed record GitHubIssue(string Repository, int Number)
{
    /// <summary>The one that a call names; null if it names none.</summary>
    /// <param name="repository"><c>--github-repository</c>, OWNER/NAME.</param>
    /// <param name="issue"><c>--github-issue</c>.</param>
    /// <param name="access">What the job of the workflow names.</param>
    public static GitHubIssue? Named(string? repository, int? issue, GitHubAccess access) =>
        (repository ?? access.Repository, issue ?? access.Issue) is ({ } name, { } number) ? new(name, number) : null;
}
