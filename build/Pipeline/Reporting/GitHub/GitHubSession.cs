using Octokit;

namespace BuildPipeline.Reporting.GitHub;

/// <summary>GitHub, as one token sees it.</summary>
/// <param name="Client">The client.</param>
/// <param name="Login">Who the token writes as, for example <c>github-actions[bot]</c>.</param>
internal sealed record GitHubSession(GitHubClient Client, string Login)
{
    private const string App = "[bot]";

    /// <summary>True if the token is that of an App, as a workflow's is.</summary>
    public bool IsApp => Login.EndsWith(App, StringComparison.Ordinal);

    /// <summary>Asks GitHub who a token writes as. Only its GraphQL answers that for persons and Apps alike.</summary>
    /// <exception cref="ApiException">GitHub refuses, or does not say.</exception>
    public static async Task<GitHubSession> OpenAsync(GitHubClient client)
    {
        var answer = await client.Connection.Post<Viewing>(
            new Uri(client.Connection.BaseAddress, "../graphql"), new { query = "query { viewer { login } }" }, "application/json", "application/json");
        return answer.Body?.Data?.Viewer?.Login is { Length: > 0 } login
            ? new(client, login)
            : throw new ApiException("GitHub does not say who the token belongs to.", answer.HttpResponse.StatusCode);
    }

    /// <summary>True if the token has written what this is the author of.</summary>
    public bool IsAuthor(User? author) => string.Equals(author?.Login, Login, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc cref="IsAuthor(User?)"/>
    public bool IsAuthor(GitHubApp? author) => string.Equals($"{author?.Slug}{App}", Login, StringComparison.OrdinalIgnoreCase);

    // Octokit's serializer needs setters.
    internal sealed class Viewing
    {
        public ViewingData? Data { get; set; }
    }

    internal sealed class ViewingData
    {
        public ViewingUser? Viewer { get; set; }
    }

    internal sealed class ViewingUser
    {
        public string? Login { get; set; }
    }
}
