using BuildPipeline.Accounts;
using Octokit;

namespace BuildPipeline.Reporting.GitHub;

/// <summary>Whether a run could be planned and priced, as a check run with the places at fault.</summary>
internal static class CheckRunPost
{
    public static async Task PostAsync(GitHubSession session, GitHubRevision commit, RunPublication publication)
    {
        var (owner, name, checks) = (commit.Owner(), commit.Name(), session.Client.Check.Run);
        var listed = await checks.GetAllForReference(owner, name, commit.Sha, new CheckRunRequest { CheckName = publication.CheckName, Filter = CheckRunCompletedAtFilter.All });
        var existing = listed.CheckRuns.FirstOrDefault(run => session.IsAuthor(run.App) && run.ExternalId == publication.RunId);
        var conclusion = publication.CheckConclusion;
        var status = conclusion is null ? CheckStatus.InProgress : CheckStatus.Completed;
        if (existing is null)
        {
            await checks.Create(owner, name, new NewCheckRun(publication.CheckName, commit.Sha)
            {
                ExternalId = publication.RunId,
                Status = status,
                Conclusion = conclusion,
                Output = publication.CheckOutput(),
            });
        }
        else if (existing.Status.Value != status || existing.Conclusion?.Value != conclusion)
        {
            await checks.Update(owner, name, existing.Id, new CheckRunUpdate { Status = status, Conclusion = conclusion, Output = publication.CheckOutput() });
        }
    }
}
