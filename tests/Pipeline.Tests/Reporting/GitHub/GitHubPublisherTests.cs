using BuildPipeline.Accounts;
using BuildPipeline.Pipeline.Tests.Aws;
using BuildPipeline.Reporting.GitHub;
using Octokit;

namespace BuildPipeline.Pipeline.Tests.Reporting.GitHub;

public sealed class GitHubPublisherTests
{
    private static readonly (string, string) Json = ("Content-Type", "application/json");
    private static readonly Answer Bot = new(200, """{"data":{"viewer":{"login":"github-actions[bot]"}}}""", Json);
    private static readonly Answer Person = new(200, """{"data":{"viewer":{"login":"octocat"}}}""", Json);
    private static readonly Answer None = new(200, "[]", Json);
    private static readonly Answer NoChecks = new(200, """{"total_count":0,"check_runs":[]}""", Json);
    private static readonly Answer Created = new(201, """{"id":5,"html_url":"https://github.example/x"}""", Json);
    private static readonly GitHubIssue Issue = new("octocat/finetune", 7);
    private static readonly GitHubRevision Commit = new("octocat/finetune", new string('a', 40));

    [Theory]
    [InlineData("github-actions[bot]", "older", "PATCH /api/v3/repos/octocat/finetune/issues/comments/3")]
    [InlineData("github-actions[bot]", "receipt", null)]
    [InlineData("mallory", "older", "POST /api/v3/repos/octocat/finetune/issues/7/comments")]
    [InlineData("other[bot]", "receipt", "POST /api/v3/repos/octocat/finetune/issues/7/comments")]
    public async Task Given_ACommentWithTheMarker_When_Published_Then_OnlyTheTokensOwnIsBroughtUpToDate(string author, string text, string? written)
    {
        using var gitHub = new FakeAwsEndpoint(Bot, new Answer(200, $$"""[{"id":3,"user":{"login":"{{author}}"},"body":"<!-- marker -->\n{{text}}"}]""", Json), Created);

        var result = await PublishAsync(gitHub, Issue, null);

        Assert.Empty(result.Missing);
        Assert.Equal(written, gitHub.Requests.Skip(2).SingleOrDefault()?.Line);
    }

    [Fact]
    public async Task Given_ARunThatWasLaunched_When_Published_Then_StatusCheckRunAndDeploymentArePosted()
    {
        using var gitHub = new FakeAwsEndpoint(Bot, None, Created, NoChecks, Created, None, Created, None, Created);

        var result = await PublishAsync(gitHub, null, Commit);

        Assert.Empty(result.Missing.Concat(result.Refused));
        Assert.Equal(
            [
                $"POST /api/v3/repos/octocat/finetune/statuses/{Commit.Sha}",
                "POST /api/v3/repos/octocat/finetune/check-runs",
                "POST /api/v3/repos/octocat/finetune/deployments",
                "POST /api/v3/repos/octocat/finetune/deployments/5/statuses",
            ],
            gitHub.Requests.Skip(1).Select(request => request.Line).Where(line => line.StartsWith("POST", StringComparison.Ordinal)));
        var annotation = gitHub.Requests[4].Json["output"]!["annotations"]![0]!;
        Assert.Equal(("infra/main.tf", 3, "failure"), ((string?)annotation["path"], (int?)annotation["start_line"], (string?)annotation["annotation_level"]));
        Assert.Equal((false, 0), ((bool?)gitHub.Requests[6].Json["auto_merge"], gitHub.Requests[6].Json["required_contexts"]!.AsArray().Count));
        Assert.Equal(("in_progress", false), ((string?)gitHub.Requests[8].Json["state"], (bool?)gitHub.Requests[8].Json["auto_inactive"]));
    }

    [Fact]
    public async Task Given_ThatAllIsThere_When_PublishedAgain_Then_NothingIsWritten()
    {
        const string user = """{"login":"github-actions[bot]"}""";
        using var gitHub = new FakeAwsEndpoint(
            Bot,
            new(200, $$"""[{"state":"pending","context":"pipeline/prod","description":"is running","creator":{{user}}}]""", Json),
            new(200, """{"total_count":1,"check_runs":[{"id":1,"status":"completed","conclusion":"success","external_id":"run-1","app":{"slug":"github-actions"}}]}""", Json),
            new(200, $$"""[{"id":9,"payload":{"run_id":"run-1"},"creator":{{user}}}]""", Json),
            new(200, """[{"state":"in_progress","description":"is running"}]""", Json));

        var result = await PublishAsync(gitHub, null, Commit);

        Assert.Empty(result.Missing);
        Assert.Equal(5, gitHub.Requests.Count);
    }

    [Fact]
    public async Task Given_APersonsToken_When_Published_Then_TheCheckRunIsNotTriedAndTheRestIsPosted()
    {
        using var gitHub = new FakeAwsEndpoint(Person, None, Created, None, Created, None, Created);

        var result = await PublishAsync(gitHub, null, Commit);

        Assert.Contains("check run", Assert.Single(result.Refused), StringComparison.Ordinal);
        Assert.Empty(result.Missing);
        Assert.DoesNotContain(gitHub.Requests, request => request.Line.Contains("check-runs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_AMissingPermission_When_Published_Then_ItIsNotRetriedAndTheRestIsPosted()
    {
        using var gitHub = new FakeAwsEndpoint(Bot, new(403, """{"message":"Resource not accessible by integration"}""", Json), NoChecks, Created, None, Created, None, Created);

        var result = await PublishAsync(gitHub, null, Commit);

        Assert.Contains("statuses: write", Assert.Single(result.Refused), StringComparison.Ordinal);
        Assert.Empty(result.Missing);
        Assert.Equal(8, gitHub.Requests.Count);
    }

    [Fact]
    public async Task Given_ASecondaryLimit_When_Published_Then_ItIsWaitedFor()
    {
        var limit = new Answer(403, """{"message":"You have exceeded a secondary rate limit."}""", Json, ("Retry-After", "0"));
        using var gitHub = new FakeAwsEndpoint(limit, Bot, limit, None, Created);

        Assert.Empty((await PublishAsync(gitHub, Issue, null)).Missing);
        Assert.Equal(5, gitHub.Requests.Count);
    }

    [Theory]
    [InlineData(401, null, 1)]
    [InlineData(403, "3600", 1)]
    [InlineData(403, "0", 3)]
    public async Task Given_AGitHubThatFailsInEveryCall_When_Published_Then_AllIsMissingAndFewCallsAreMade(int status, string? retryAfter, int calls)
    {
        using var gitHub = new FakeAwsEndpoint(new Answer(status, """{"message":"You have exceeded a secondary rate limit."}""", [Json, .. retryAfter is null ? Array.Empty<(string, string)>() : [("Retry-After", retryAfter)]]));

        var result = await PublishAsync(gitHub, Issue, Commit);

        Assert.Equal(["comment", "commit status", "check run", "deployment"], result.Missing);
        Assert.Equal((true, calls), (result.Why is not null, gitHub.Requests.Count));
    }

    private static Task<PublicationResult> PublishAsync(FakeAwsEndpoint gitHub, GitHubIssue? issue, GitHubRevision? commit) => new GitHubPublisher(TimeProvider.System).PublishAsync(
        new(new Uri(gitHub.Url), "token", issue, commit),
        new()
        {
            RunId = "run-1",
            Environment = "prod",
            Marker = "<!-- marker -->",
            Markdown = "receipt",
            Context = "pipeline/prod",
            Status = CommitState.Pending,
            Description = "is running",
            CheckName = "Plan and price (prod)",
            CheckConclusion = CheckConclusion.Success,
            Deployment = DeploymentState.InProgress,
            Places = [new("infra/main.tf", 3, "no such type")],
        },
        default);
}
