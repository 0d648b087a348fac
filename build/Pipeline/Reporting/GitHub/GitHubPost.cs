namespace BuildPipeline.Reporting.GitHub;

/// <summary>One thing that GitHub shows of a run. What is there already is found by what it says and who wrote it, and is brought up to date: a lost response must not give a second one, and what others wrote is left alone.</summary>
/// <param name="Name">What it is, for people and for the log of the run.</param>
/// <param name="Permission">What the token of a workflow needs.</param>
/// <param name="PostAsync">Posts it.</param>
internal sealed record GitHubPost(string Name, string Permission, Func<GitHubSession, Task> PostAsync)
{
    /// <summary>True for what GitHub takes from Apps only; the token of a workflow is one.</summary>
    public bool NeedsApp { get; init; }

    /// <summary>What is posted of a run, in order.</summary>
    public static IEnumerable<GitHubPost> All(GitHubTarget target, RunPublication publication)
    {
        if (target.Issue is { } issue)
        {
            yield return new("comment", "pull-requests: write", session => CommentPost.PostAsync(session, issue, publication));
        }

        if (target.Commit is not { } commit)
        {
            yield break;
        }

        yield return new("commit status", "statuses: write", session => StatusPost.PostAsync(session, commit, publication));
        yield return new("check run", "checks: write", session => CheckRunPost.PostAsync(session, commit, publication)) { NeedsApp = true };
        if (publication.Deployment is { } state)
        {
            yield return new("deployment", "deployments: write", session => DeploymentPost.PostAsync(session, commit, publication, state));
        }
    }
}
