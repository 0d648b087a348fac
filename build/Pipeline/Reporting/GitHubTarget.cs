using System.Globalization;
using System.Text.Json;

namespace BuildPipeline.Reporting;

/// <summary>The issue or pull request that a summary is posted to.</summary>
/// <param name="BaseAddress">GitHub's own, an enterprise server's, or the sandbox's.</param>
/// <param name="Token">Never shown.</param>
public sealed record GitHubTarget(Uri BaseAddress, string Owner, string Repository, int Issue, string Token)
{
    /// <summary>Finds it in options and environment; null where nothing names an issue or there is no token.</summary>
    /// <param name="repository"><c>--github-repository</c>, OWNER/NAME.</param>
    /// <param name="issue"><c>--github-issue</c>.</param>
    /// <param name="sandbox">The sandbox's address; there an issue needs no naming.</param>
    /// <param name="variable">Reads an environment variable.</param>
    public static GitHubTarget? From(string? repository, int? issue, Uri? sandbox, Func<string, string?> variable)
    {
        if (sandbox is not null)
        {
            return Create(sandbox, repository ?? "sandbox/pipeline", issue ?? 1, "sandbox");
        }

        var number = issue ?? PullRequestOf(variable("GITHUB_EVENT_PATH"));
        return (repository ?? variable("GITHUB_REPOSITORY"), number, variable("GITHUB_TOKEN")) is ({ } name, { } known, { Length: > 0 } token)
            ? Create(new Uri(variable("GITHUB_API_URL") ?? "https://api.github.com/"), name, known, token)
            : null;
    }

    /// <summary>As a person names it; without the token.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Owner}/{Repository}#{Issue}");

    private static GitHubTarget Create(Uri address, string repository, int issue, string token)
    {
        var parts = repository.Split('/');
        return new GitHubTarget(address, parts[0], parts[1], issue, token);
    }

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
