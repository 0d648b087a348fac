using BuildPipeline.Accounts;
using BuildPipeline.Runs;
using Octokit;
using Polly;
using Polly.Retry;

namespace BuildPipeline.Reporting;

/// <summary>Posts a receipt as one comment, which later posts bring up to date.</summary>
public sealed class GitHubReceipt(TimeProvider time)
{
    // GitHub answers a secondary rate limit with 403 Forbidden, which is therefore retried too.
    private readonly ResiliencePipeline _retry = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = 3,
            Delay = TimeSpan.FromSeconds(2),
            BackoffType = DelayBackoffType.Exponential,
            ShouldHandle = new PredicateBuilder()
                .Handle<ForbiddenException>()
                .Handle<HttpRequestException>()
                .Handle<ApiException>(exception => (int)exception.StatusCode >= 500),
        })
        .Build();

    /// <summary>Creates the comment, or updates the one that is there.</summary>
    /// <returns>Where it can be read.</returns>
    public async Task<Uri> PublishAsync(RunRecord run, string markdown, GitHubTarget target, CancellationToken cancellationToken)
    {
        var client = GitHubAccess.Client(target.BaseAddress, target.Token);

        // Plans of a pull request replace each other; what was launched keeps its own comment.
        var marker = run.Attempts.Count == 0 ? $"<!-- pipeline-plan:{run.Environment} -->" : $"<!-- pipeline-run:{run.RunId} -->";
        var body = $"{marker}\n{markdown}";
        return await _retry.ExecuteAsync(
            async _ =>
            {
                var comments = client.Issue.Comment;
                var existing = (await comments.GetAllForIssue(target.Owner, target.Repository, target.Issue))
                    .FirstOrDefault(comment => comment.Body?.StartsWith(marker, StringComparison.Ordinal) == true);
                var posted = existing is null
                    ? await comments.Create(target.Owner, target.Repository, target.Issue, body)
                    : await comments.Update(target.Owner, target.Repository, existing.Id, body);
                return new Uri(posted.HtmlUrl);
            },
            cancellationToken);
    }
}
