using BuildPipeline.Accounts;
using Octokit;

namespace BuildPipeline.Approvals;

/// <summary>Asks GitHub for the reviews of the workflow run whose environment variables this process has.</summary>
/// <param name="account">Says how GitHub is reached.</param>
/// <param name="variable">Reads an environment variable.</param>
/// <remarks>The variables are claims of whoever set them. Only what GitHub answers is recorded.</remarks>
public sealed class GitHubReviews(IAccount account, Func<string, string?> variable) : IWorkflowReviews
{
    private const string DefaultEnvironment = "gpu-spend";

    /// <inheritdoc/>
    public async Task<WorkflowReviews?> ReadAsync(CancellationToken cancellationToken)
    {
        if (variable("GITHUB_ACTIONS") != "true")
        {
            return null;
        }

        // Where nothing can be spent, a workflow of GitHub itself launches with an approval that only names the digest.
        return await FindAsync(cancellationToken) ?? (account.Approval == ApprovalMode.Automatic ? null : throw new PipelineException(
            ApprovalErrors.UnknownWorkflowRun,
            $"GITHUB_ACTIONS is true, but {(account.GitHub.Token is { Length: > 0 } ? $"GitHub knows no workflow run '{variable("GITHUB_RUN_ID")}' of '{variable("GITHUB_REPOSITORY")}'" : "GITHUB_TOKEN is not set")}, so the approval is not verified. Give the job GITHUB_TOKEN; outside of GitHub Actions, unset GITHUB_ACTIONS."));
    }

    private async Task<WorkflowReviews?> FindAsync(CancellationToken cancellationToken)
    {
        if (!long.TryParse(variable("GITHUB_RUN_ID"), out var runId)
            || variable("GITHUB_REPOSITORY")?.Split('/') is not [{ Length: > 0 } owner, { Length: > 0 } name]
            || account.GitHub is not { Token: { Length: > 0 } token } access)
        {
            return null;
        }

        try
        {
            return await ReadAsync(GitHubAccess.Client(access.Address, token), owner, name, runId);
        }
        catch (Exception exception) when (exception is ApiException or HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new PipelineException(
                ApprovalErrors.ReviewsUnreadable,
                $"The reviews of workflow run {runId} in {owner}/{name} could not be read from GitHub ({exception.Message}), so the approval is not verified. Give the job the permission 'actions: read' and GITHUB_TOKEN, and run it again.",
                exception);
        }
    }

    private async Task<WorkflowReviews?> ReadAsync(GitHubClient client, string owner, string name, long runId)
    {
        var runs = client.Actions.Workflows.Runs;
        if (await GitHubAccess.FoundAsync(() => runs.Get(owner, name, runId)) is not { } run)
        {
            return null;
        }

        var environment = variable("APPROVAL_ENVIRONMENT") is { Length: > 0 } named ? named : DefaultEnvironment;
        var protection = await GitHubAccess.FoundAsync(() => client.Connection.Get<ProtectedEnvironment>(
            new Uri($"repos/{owner}/{name}/environments/{Uri.EscapeDataString(environment)}", UriKind.Relative), null));
        var jobs = await client.Actions.Workflows.Jobs.List(owner, name, runId, (int)run.RunAttempt);
        var reviews = await runs.GetReviewHistory(owner, name, runId);
        return new WorkflowReviews
        {
            RunId = runId,
            Attempt = run.RunAttempt,
            OwnAttempt = long.TryParse(variable("GITHUB_RUN_ATTEMPT"), out var attempt) ? attempt : null,
            Url = run.HtmlUrl,
            StartedBy = [.. new[] { run.Actor, run.TriggeringActor }.OfType<User>().Select(user => user.Login)],
            Jobs = [.. jobs.Jobs.Select(job => new WorkflowJobStart(job.RunId, job.Name, job.Status.StringValue, job.StartedAt))],
            Reviews = [.. reviews.Select(review => new EnvironmentReview(
                [.. review.Environments.Select(reviewed => reviewed.Name)], review.State.StringValue == "approved", review.User.Login, review.Comment ?? ""))],
            Environment = environment,
            RequiresReviewers = protection?.Body?.ProtectionRules?.Exists(rule => rule is { Type: "required_reviewers", Reviewers.Count: > 0 }) == true,
        };
    }

    // Octokit has no type for an environment's rules; its serializer needs setters.
    internal sealed class ProtectedEnvironment
    {
        public List<ProtectionRule>? ProtectionRules { get; set; }
    }

    internal sealed class ProtectionRule
    {
        public string? Type { get; set; }

        public List<RequiredReviewer>? Reviewers { get; set; }
    }

    internal sealed class RequiredReviewer
    {
        public string? Type { get; set; }
    }
}
