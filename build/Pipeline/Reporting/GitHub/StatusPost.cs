using BuildPipeline.Accounts;
using Octokit;

namespace BuildPipeline.Reporting.GitHub;

/// <summary>How a run is, as a status of its commit.</summary>
internal static class StatusPost
{
    public static async Task PostAsync(GitHubSession session, GitHubRevision commit, RunPublication publication)
    {
        var statuses = session.Client.Repository.Status;
        var newest = (await statuses.GetAll(commit.Owner(), commit.Name(), commit.Sha, new ApiOptions { PageSize = 100, PageCount = 1 }))
            .FirstOrDefault(status => session.IsAuthor(status.Creator) && status.Context == publication.Context);
        if (newest?.State.Value != publication.Status || newest.Description != publication.Description)
        {
            await statuses.Create(commit.Owner(), commit.Name(), commit.Sha, new NewCommitStatus
            {
                State = publication.Status,
                Context = publication.Context,
                Description = publication.Description,
            });
        }
    }
}
