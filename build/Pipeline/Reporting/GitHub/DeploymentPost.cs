using System.Collections.ObjectModel;
using BuildPipeline.Accounts;
using Octokit;

namespace BuildPipeline.Reporting.GitHub;

/// <summary>What a run has launched, as a deployment of its commit to its environment.</summary>
internal static class DeploymentPost
{
    private const string Task = "pipeline";
    private const string RunId = "run_id";

    public static async Task PostAsync(GitHubSession session, GitHubRevision commit, RunPublication publication, DeploymentState state)
    {
        var deployments = session.Client.Repository.Deployment;
        var deployment = await FindAsync(session, commit, publication) ?? await deployments.Create(commit.Owner(), commit.Name(), New(commit, publication));
        var statuses = await deployments.Status.GetAll(commit.Owner(), commit.Name(), deployment.Id, new ApiOptions { PageSize = 1, PageCount = 1 });
        if (statuses is not [var newest, ..] || newest.State.Value != state || newest.Description != publication.Description)
        {
            // Runs of an environment overlap: one that succeeds must not end the others.
            await deployments.Status.Create(commit.Owner(), commit.Name(), deployment.Id, new NewDeploymentStatus(state) { Description = publication.Description, AutoInactive = false });
        }
    }

    private static async Task<Deployment?> FindAsync(GitHubSession session, GitHubRevision commit, RunPublication publication)
    {
        var asked = new Dictionary<string, string> { ["sha"] = commit.Sha, ["environment"] = publication.Environment, ["task"] = Task };
        var listed = await new ApiConnection(session.Client.Connection).GetAll<Deployment>(new Uri($"repos/{commit.Repository}/deployments", UriKind.Relative), asked);
        return listed.FirstOrDefault(deployment => session.IsAuthor(deployment.Creator) && deployment.Payload?.GetValueOrDefault(RunId) == publication.RunId);
    }

    private static NewDeployment New(GitHubRevision commit, RunPublication publication) => new(commit.Sha)
    {
        Task = Task,
        Environment = publication.Environment,
        Description = $"Run {publication.RunId}",
        Payload = new() { [RunId] = publication.RunId },
        AutoMerge = false,
        RequiredContexts = new Collection<string>(),
        TransientEnvironment = false,
        ProductionEnvironment = false,
    };
}
