using System.Net;
using System.Net.Http.Json;
using BuildPipeline.Sandbox.Tests.Support;
using Octokit;

namespace BuildPipeline.Sandbox.Tests.GitHub;

/// <summary>Octokit against the sandbox's GitHub. Each test has its own repository.</summary>
public sealed class OctokitTests(SeparateSandbox sandbox) : IClassFixture<SeparateSandbox>
{
    private const string Owner = "team";

    [Fact]
    public async Task Given_a_comment_When_updated_and_deleted_Then_GitHub_follows()
    {
        var comments = Create().Issue.Comment;

        var created = await comments.Create(Owner, "update", 7, "first");
        var updated = await comments.Update(Owner, "update", created.Id, "second");
        var listed = await comments.GetAllForIssue(Owner, "update", 7);
        await comments.Delete(Owner, "update", created.Id);

        Assert.Equal("sandbox", created.User.Login);
        Assert.Equal("second", updated.Body);
        Assert.Equal("second", Assert.Single(listed).Body);
        Assert.Contains("/issues/7#issuecomment-", created.HtmlUrl, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotFoundException>(() => comments.Get(Owner, "update", created.Id));
    }

    [Fact]
    public async Task Given_35_comments_When_listed_Then_Octokit_follows_the_pages()
    {
        var comments = Create().Issue.Comment;
        for (var number = 1; number <= 35; number++)
        {
            await comments.Create(Owner, "pages", 1, $"comment {number}");
        }

        var all = await comments.GetAllForIssue(Owner, "pages", 1);
        var second = await comments.GetAllForIssue(Owner, "pages", 1, new ApiOptions { StartPage = 2, PageCount = 1, PageSize = 10 });

        Assert.Equal(Enumerable.Range(1, 35).Select(number => $"comment {number}"), all.Select(comment => comment.Body));
        Assert.Equal("comment 11", second[0].Body);
        Assert.Equal(10, second.Count);
    }

    [Fact]
    public async Task Given_comments_of_two_issues_When_one_is_listed_Then_the_other_stays_out()
    {
        var comments = Create().Issue.Comment;
        await comments.Create(Owner, "apart", 1, "one");
        await comments.Create(Owner, "apart", 2, "two");

        Assert.Equal("two", Assert.Single(await comments.GetAllForIssue(Owner, "apart", 2)).Body);
    }

    [Fact]
    public async Task Given_a_comment_of_65537_characters_When_created_Then_it_is_refused_and_one_less_is_taken()
    {
        var comments = Create().Issue.Comment;

        var refusal = await Assert.ThrowsAsync<ApiValidationException>(() => comments.Create(Owner, "long", 1, new string('x', 65_537)));
        var taken = await comments.Create(Owner, "long", 1, new string('x', 65_536));

        Assert.Equal("Body is too long (maximum is 65536 characters)", Assert.Single(refusal.ApiError.Errors).Message);
        Assert.Equal(65_536, taken.Body.Length);
    }

    [Fact]
    public async Task Given_a_reviewed_workflow_run_When_read_Then_Octokit_has_run_jobs_and_reviews()
    {
        using var http = new HttpClient { BaseAddress = sandbox.Url };
        (await http.PutAsJsonAsync("/_sandbox/github/repos/team/reviewed/environments/gpu-spend", new { reviewers = new[] { "reviewer" } })).EnsureSuccessStatusCode();
        (await http.PutAsJsonAsync("/_sandbox/github/repos/team/reviewed/actions/runs/7", new
        {
            actor = "author",
            jobs = new[] { "Plan", "Launch" },
            reviews = new[] { new { environments = new[] { "gpu-spend" }, state = "approved", reviewer = "reviewer", comment = "go" } },
        })).EnsureSuccessStatusCode();
        var workflows = Create().Actions.Workflows;

        var run = await workflows.Runs.Get(Owner, "reviewed", 7);
        var jobs = await workflows.Jobs.List(Owner, "reviewed", 7, (int)run.RunAttempt);
        var review = Assert.Single(await workflows.Runs.GetReviewHistory(Owner, "reviewed", 7));

        Assert.Equal(("author", "author"), (run.Actor.Login, run.TriggeringActor.Login));
        Assert.Equal(["Plan", "Launch"], jobs.Jobs.Select(job => job.Name));
        Assert.All(jobs.Jobs, job => Assert.Equal((7, "in_progress"), (job.RunId, job.Status.StringValue)));
        Assert.Equal(("approved", "reviewer", "go", "gpu-spend"), (review.State.StringValue, review.User.Login, review.Comment, Assert.Single(review.Environments).Name));
        await Assert.ThrowsAsync<NotFoundException>(() => workflows.Runs.Get(Owner, "reviewed", 8));
        await Assert.ThrowsAsync<NotFoundException>(() => workflows.Jobs.List(Owner, "reviewed", 7, 2));
    }

    [Fact]
    public async Task Given_no_token_When_asked_Then_authorization_is_required()
    {
        var client = new GitHubClient(new ProductHeaderValue("sandbox-tests"), sandbox.Url);

        await Assert.ThrowsAsync<AuthorizationException>(() => client.Issue.Comment.GetAllForIssue(Owner, "anything", 1));
    }

    [Fact]
    public async Task Given_a_repository_When_read_Then_its_issues_and_pull_requests_are_there()
    {
        var client = Create();

        Assert.Equal("main", (await client.Repository.Get(Owner, "reading")).DefaultBranch);
        Assert.Equal(ItemState.Open, (await client.Issue.Get(Owner, "reading", 3)).State.Value);
        Assert.Equal(40, (await client.PullRequest.Get(Owner, "reading", 3)).Head.Sha.Length);
        Assert.Equal("sandbox", (await client.User.Current()).Login);
        await Assert.ThrowsAsync<NotFoundException>(() => client.Issue.Get(Owner, "reading", 100_000));
    }

    [Fact]
    public async Task Given_a_commit_status_When_created_Then_it_is_listed()
    {
        var statuses = Create().Repository.Status;
        var sha = new string('a', 40);

        await statuses.Create(Owner, "status", sha, new NewCommitStatus { State = CommitState.Success, Context = "launch", Description = "done" });

        var status = Assert.Single(await statuses.GetAll(Owner, "status", sha));
        Assert.Equal(CommitState.Success, status.State.Value);
        Assert.Equal("launch", status.Context);
    }

    [Fact]
    public async Task Given_a_planned_throttle_When_asked_Then_Octokit_sees_a_secondary_limit_and_the_hourly_one_in_every_answer()
    {
        var client = Create();
        await sandbox.PlanFaultAsync("github", "ListComments", "throttle");

        await Assert.ThrowsAsync<SecondaryRateLimitExceededException>(() => client.Issue.Comment.GetAllForIssue(Owner, "limits", 1));
        await client.Issue.Comment.GetAllForIssue(Owner, "limits", 1);

        Assert.Equal(5000, client.GetLastApiInfo().RateLimit.Limit);
        Assert.InRange(client.GetLastApiInfo().RateLimit.Remaining, 1, 4999);
    }

    [Fact]
    public async Task Given_a_comment_When_the_sandbox_is_killed_and_started_again_Then_it_is_still_there()
    {
        var created = await Create().Issue.Comment.Create(Owner, "restart", 1, "stays");

        await sandbox.RestartAsync();

        Assert.Equal("stays", (await Create().Issue.Comment.Get(Owner, "restart", created.Id)).Body);
    }

    [Fact]
    public async Task Given_a_body_that_is_no_JSON_When_posted_Then_GitHub_says_so()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v3/repos/team/json/issues/1/comments") { Content = new StringContent("{") };
        request.Headers.TryAddWithoutValidation("Authorization", "token sandbox");

        using var response = await sandbox.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("Problems parsing JSON", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private GitHubClient Create() =>
        new(new ProductHeaderValue("sandbox-tests"), sandbox.Url) { Credentials = new Octokit.Credentials("sandbox") };
}
