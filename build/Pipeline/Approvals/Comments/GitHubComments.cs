using System.Globalization;
using System.Net;
using BuildPipeline.Accounts;
using Octokit;

namespace BuildPipeline.Approvals.Comments;

/// <summary>Asks GitHub for comments, and for what their authors may do.</summary>
/// <param name="account">Says how GitHub is reached.</param>
/// <param name="variable">Reads an environment variable.</param>
public sealed class GitHubComments(IAccount account, Func<string, string?> variable) : IPullRequestComments
{
    private const int PageSize = 100;

    /// <inheritdoc/>
    public Task<PullRequestComment?> FindAsync(string repository, long id, CancellationToken cancellationToken) => AskAsync(
        repository,
        async client => (await FoundAsync<CommentDocument>(client, string.Create(CultureInfo.InvariantCulture, $"repos/{repository}/issues/comments/{id}")))?.Body.ToComment(),
        cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PullRequestComment>> ListAsync(GitHubIssue issue, CancellationToken cancellationToken) => account.GitHub.Token is not { Length: > 0 } ? [] : await AskAsync(
        issue.Repository,
        async client =>
        {
            var comments = new List<PullRequestComment>();
            for (var page = 1; ; page++)
            {
                var address = string.Create(CultureInfo.InvariantCulture, $"repos/{issue.Repository}/issues/{issue.Number}/comments?per_page={PageSize}&page={page}");
                var found = (await FoundAsync<List<CommentDocument>>(client, address))?.Body ?? [];
                comments.AddRange(found.Select(document => document.ToComment()));
                if (found.Count < PageSize)
                {
                    return comments;
                }
            }
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<CommentFacts> ReadFactsAsync(string repository, PullRequestComment comment, bool isLaunch, CancellationToken cancellationToken) => AskAsync(
        repository,
        async client =>
        {
            var pull = await FoundAsync<PullDocument>(client, string.Create(CultureInfo.InvariantCulture, $"repos/{repository}/pulls/{comment.Issue}"))
                ?? throw new PipelineException(CommentErrors.Gone, $"{comment.Url} is not on a pull request. Write the command on the pull request that has the plan.");
            var permission = await FoundAsync<PermissionDocument>(client, $"repos/{repository}/collaborators/{Uri.EscapeDataString(comment.Author)}/permission");
            // Without a ref, GitHub gives the file of the default branch.
            var approvers = (await FoundAsync<FileDocument>(client, $"repos/{repository}/contents/{ApproverList.File}"))?.Body.Text();
            return new CommentFacts
            {
                Comment = comment,
                Approvers = approvers,
                Teams = approvers is null ? [] : await TeamsAsync(ApproverList.Parse(approvers), comment.Author),
                Permission = permission?.Body.Permission ?? "none",
                Requesters = isLaunch ? await StartedByAsync(client, repository) is { Count: > 0 } starters ? [pull.Body.User.Login, .. starters] : null : [pull.Body.User.Login],
                ReadAt = DateOf(pull),
            };
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task ReplyAsync(string repository, PullRequestComment comment, string markdown, CancellationToken cancellationToken) => AskAsync(
        repository,
        client => client.Issue.Comment.Create(repository.Split('/')[0], repository.Split('/')[1], comment.Issue, markdown),
        cancellationToken);

    // The owner of the token, where it is a person's, and who started the workflow run that this process says it is part of.
    private async Task<IReadOnlyList<string>> StartedByAsync(GitHubClient client, string repository)
    {
        var owner = (await PermittedAsync<UserDocument>(client, "user"))?.Body.Login;
        if (variable("GITHUB_ACTIONS") != "true")
        {
            return owner is null ? [] : [owner];
        }

        var run = long.TryParse(variable("GITHUB_RUN_ID"), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? (await FoundAsync<RunDocument>(client, string.Create(CultureInfo.InvariantCulture, $"repos/{repository}/actions/runs/{id}")))?.Body : null;
        return run is not { Status: "in_progress" } ? [] : [.. new[] { owner, run.Actor?.Login, run.TriggeringActor?.Login }.OfType<string>()];
    }

    private async Task<IReadOnlyList<TeamMembership>> TeamsAsync(ApproverList list, string author)
    {
        if (list.Names(author))
        {
            return [];
        }

        var client = variable("GITHUB_TEAM_TOKEN") is { Length: > 0 } token ? GitHubAccess.Client(account.GitHub.Address, token) : null;
        var memberships = new List<TeamMembership>();
        foreach (var team in list.Teams)
        {
            var parts = team.Split('/');
            memberships.Add(new(team, client is null ? null : (await FoundAsync<MembershipDocument>(client, $"orgs/{parts[0]}/teams/{parts[1]}/memberships/{Uri.EscapeDataString(author)}"))?.Body.State == "active"));
        }

        return memberships;
    }

    private async Task<T> AskAsync<T>(string repository, Func<GitHubClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(GitHubAccess.Client(account.GitHub.Address, account.GitHub.Token ?? ""));
        }
        catch (Exception exception) when (exception is ApiException or HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new PipelineException(
                CommentErrors.Unreadable,
                $"The comments of {repository} and their authors' rights could not be read from GitHub ({exception.Message}), so nothing is verified. {CommentErrors.Unreadable.Remedy}",
                exception);
        }
    }

    private static Task<IApiResponse<T>?> FoundAsync<T>(GitHubClient client, string address)
        where T : class => GitHubAccess.FoundAsync(() => client.Connection.Get<T>(new Uri(address, UriKind.Relative), null));

    // The token of a workflow is nobody's.
    private static async Task<IApiResponse<T>?> PermittedAsync<T>(GitHubClient client, string address)
        where T : class
    {
        try
        {
            return await FoundAsync<T>(client, address);
        }
        catch (ApiException exception) when (exception.StatusCode == HttpStatusCode.Forbidden)
        {
            return null;
        }
    }

    private static DateTimeOffset DateOf<T>(IApiResponse<T> answer) =>
        answer.HttpResponse.Headers.TryGetValue("Date", out var date) && DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new ApiException("the answer has no date", HttpStatusCode.BadGateway);
}
