using BuildPipeline.Accounts;
using Octokit;

namespace BuildPipeline.Reporting.GitHub;

/// <summary>The receipt as one comment.</summary>
internal static class CommentPost
{
    public static async Task PostAsync(GitHubSession session, GitHubIssue issue, RunPublication publication)
    {
        var comments = session.Client.Issue.Comment;
        var (owner, repository) = (issue.Owner(), issue.Name());
        var existing = (await comments.GetAllForIssue(owner, repository, issue.Number, new ApiOptions { PageSize = 100 }))
            .FirstOrDefault(comment => session.IsAuthor(comment.User) && comment.Body?.StartsWith(publication.Marker, StringComparison.Ordinal) == true);
        if (existing is null)
        {
            await comments.Create(owner, repository, issue.Number, publication.Comment());
        }
        else if (existing.Body != publication.Comment())
        {
            await comments.Update(owner, repository, existing.Id, publication.Comment());
        }
    }
}
