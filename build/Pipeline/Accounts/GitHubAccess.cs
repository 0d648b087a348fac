using System.Net;
using System.Text.Json.Nodes;
using Octokit;

namespace BuildPipeline.Accounts;

/// <summary>GitHub, as this process may use it.</summary>
/// <param name="Address">GitHub's own API, an enterprise server's, or the sandbox's.</param>
/// <param name="Token">Never shown; null if there is none.</param>
/// <param name="Repository">OWNER/NAME of the workflow; null if this is none.</param>
/// <param name="Issue">The pull request of the workflow; null if it has none.</param>
public sealed record GitHubAccess(Uri Address, string? Token, string? Repository, int? Issue)
{
    /// <summary>The commit that the workflow checked out; null if that does not matter, or there is no workflow.</summary>
    public string? CheckedOut { get; init; }

    /// <summary>The commit that people see for it: the head of the pull request rather than its merge; null if there is no workflow.</summary>
    public string? Head { get; init; }

    /// <summary>True for a pull request of a fork, about which nothing is posted: its workflow may write nothing.</summary>
    public bool IsFork { get; init; }

    /// <summary>As a workflow's environment variables give it.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static GitHubAccess From(Func<string, string?> variable)
    {
        var (issue, head, source) = PullRequestOf(variable("GITHUB_EVENT_PATH"));
        return new(new Uri(variable("GITHUB_API_URL") ?? "https://api.github.com/"), variable("GITHUB_TOKEN"), variable("GITHUB_REPOSITORY"), issue)
        {
            CheckedOut = variable("GITHUB_SHA"),
            Head = head ?? variable("GITHUB_SHA"),
            IsFork = source is not null && !string.Equals(source, variable("GITHUB_REPOSITORY"), StringComparison.OrdinalIgnoreCase),
        };
    }

    /// <summary>A client of GitHub.</summary>
    /// <param name="address">GitHub's own API, an enterprise server's, or the sandbox's.</param>
    /// <param name="token">Never shown.</param>
    public static GitHubClient Client(Uri address, string token) => new(new ProductHeaderValue("build-pipeline"), address) { Credentials = new Credentials(token) };

    /// <summary>What GitHub has; null if it does not have it, or does not say so to this token.</summary>
    /// <param name="ask">Asks for it.</param>
    public static async Task<T?> FoundAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (ApiException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Without the token.</summary>
    public override string ToString() => $"{Address}{Repository}";

    // In a workflow of a pull request, GitHub leaves the event as a file.
    private static (int? Number, string? Head, string? Source) PullRequestOf(string? eventFile)
    {
        var pull = eventFile is not null && File.Exists(eventFile) ? JsonNode.Parse(File.ReadAllText(eventFile))?["pull_request"] : null;
        return ((int?)pull?["number"], (string?)pull?["head"]?["sha"], (string?)pull?["head"]?["repo"]?["full_name"]);
    }
}

/// <summary>A commit of a repository.</summary>
/// <param name="Repository">OWNER/NAME.</param>
/// <param name="Sha">Its 40 digits.</param>
public sealed record GitHubRevision(string Repository, string Sha)
{
    /// <summary>The commit that shows what a checkout did; null if nothing names its repository, or its files are not those of a commit.</summary>
    /// <param name="repository"><c>--github-repository</c>, OWNER/NAME.</param>
    /// <param name="commit">The commit that is checked out; null if there is none.</param>
    /// <param name="isChanged">True if the files differ from it; null if that is not known.</param>
    /// <param name="access">What the job of the workflow names.</param>
    public static GitHubRevision? Named(string? repository, string? commit, bool? isChanged, GitHubAccess access)
    {
        var isOfWorkflow = access.Head is not null && (access.CheckedOut is null || access.CheckedOut == commit);
        return ((repository ?? access.Repository), isOfWorkflow ? access.Head : isChanged == false ? commit : null) is ({ } name, { } sha) ? new(name, sha) : null;
    }

    /// <summary>Who owns the repository.</summary>
    public string Owner() => Repository.Split('/')[0];

    /// <summary>The repository without its owner.</summary>
    public string Name() => Repository.Split('/')[^1];
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

    /// <summary>Who owns the repository.</summary>
    public string Owner() => Repository.Split('/')[0];

    /// <summary>The repository without its owner.</summary>
    public string Name() => Repository.Split('/')[^1];
}
