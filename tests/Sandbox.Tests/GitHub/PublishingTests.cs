using BuildPipeline.Sandbox.Tests.Support;
using Octokit;

namespace BuildPipeline.Sandbox.Tests.GitHub;

/// <summary>What a workflow posts about a commit, through Octokit. Each test has its own repository.</summary>
public sealed class PublishingTests(SeparateSandbox sandbox) : IClassFixture<SeparateSandbox>
{
    private const string Owner = "team";
    private const string App = "github-actions[bot]";
    private static readonly string Sha = new('a', 40);

    [Theory]
    [InlineData("octocat", "User")]
    [InlineData(App, "Bot")]
    public async Task Given_AToken_When_ItsOwnerIsAskedFor_Then_CommentsAreOfThatLogin(string login, string type)
    {
        var client = Create(login);

        var viewer = await client.Connection.Post<Dictionary<string, Dictionary<string, Dictionary<string, string>>>>(
            new Uri(client.Connection.BaseAddress, "../graphql"), new { query = "query { viewer { login } }" }, "application/json", "application/json");
        var comment = await client.Issue.Comment.Create(Owner, "logins", 1, "text");

        Assert.Equal(login, viewer.Body["data"]["viewer"]["login"]);
        Assert.Equal((login, type), (comment.User.Login, comment.User.Type!.Value.ToString()));
        if (type == "Bot")
        {
            await Assert.ThrowsAsync<ForbiddenException>(() => client.User.Current());
        }
        else
        {
            Assert.Equal(login, (await client.User.Current()).Login);
        }
    }

    [Fact]
    public async Task Given_ACheckRun_When_CompletedWithAnnotations_Then_ItIsReadBackAndOnlyItsAppChangesIt()
    {
        var checks = Create(App).Check.Run;
        var created = await checks.Create(Owner, "checks", new NewCheckRun("Plan", Sha) { ExternalId = "run-1", Status = CheckStatus.InProgress });
        var output = new NewCheckRunOutput("title", "summary") { Annotations = [new("infra/main.tf", 3, 4, CheckAnnotationLevel.Failure, "wrong")] };

        await checks.Update(Owner, "checks", created.Id, new CheckRunUpdate { Status = CheckStatus.Completed, Conclusion = CheckConclusion.Failure, Output = output });

        var read = Assert.Single((await checks.GetAllForReference(Owner, "checks", Sha, new CheckRunRequest { CheckName = "Plan" })).CheckRuns);
        Assert.Equal(("run-1", "github-actions", CheckConclusion.Failure, 1L), (read.ExternalId, read.App.Slug, read.Conclusion!.Value.Value, read.Output.AnnotationsCount));
        Assert.Equal(("infra/main.tf", 3), ((await checks.GetAllAnnotations(Owner, "checks", read.Id))[0].Path, (await checks.GetAllAnnotations(Owner, "checks", read.Id))[0].StartLine));
        await Assert.ThrowsAsync<ForbiddenException>(() => Create("octocat").Check.Run.Create(Owner, "checks", new NewCheckRun("Plan", Sha)));
        await Assert.ThrowsAsync<ForbiddenException>(() => Create("other[bot]").Check.Run.Update(Owner, "checks", created.Id, new CheckRunUpdate { Name = "Mine" }));
    }

    [Fact]
    public async Task Given_ACheckRunOverALimit_When_Created_Then_ItIsRefused()
    {
        var checks = Create(App).Check.Run;
        var annotations = Enumerable.Range(1, 51).Select(line => new NewCheckRunAnnotation("f", line, line, CheckAnnotationLevel.Notice, "m")).ToList();

        Task Create_(NewCheckRunOutput output) => checks.Create(Owner, "limits", new NewCheckRun("Plan", Sha) { Status = CheckStatus.Queued, Output = output });

        await Assert.ThrowsAsync<ApiValidationException>(() => Create_(new NewCheckRunOutput("t", new string('x', 65_536))));
        await Assert.ThrowsAsync<ApiValidationException>(() => Create_(new NewCheckRunOutput("t", "s") { Annotations = annotations }));
        await Create_(new NewCheckRunOutput("t", new string('x', 65_535)) { Annotations = annotations[..50] });
    }

    [Fact]
    public async Task Given_ADeployment_When_ALaterOneSucceeds_Then_ItIsInactiveUnlessThatIsTurnedOff()
    {
        var deployments = Create(App).Repository.Deployment;
        var first = await DeployAsync(deployments, "prod");
        var second = await DeployAsync(deployments, "prod");
        await deployments.Status.Create(Owner, "deploy", first.Id, new NewDeploymentStatus(DeploymentState.InProgress));

        await deployments.Status.Create(Owner, "deploy", second.Id, new NewDeploymentStatus(DeploymentState.Success) { AutoInactive = false });
        Assert.Equal(DeploymentState.InProgress, (await deployments.Status.GetAll(Owner, "deploy", first.Id))[0].State.Value);
        await deployments.Status.Create(Owner, "deploy", second.Id, new NewDeploymentStatus(DeploymentState.Success));

        Assert.Equal([DeploymentState.Inactive, DeploymentState.InProgress], (await deployments.Status.GetAll(Owner, "deploy", first.Id)).Select(status => status.State.Value));
        var listed = await deployments.GetAll(Owner, "deploy");
        Assert.Equal([second.Id, first.Id], listed.Select(deployment => deployment.Id));
        Assert.Equal(("run-1", "pipeline", App), (listed[0].Payload["run_id"], listed[0].Task, listed[0].Creator.Login));
    }

    [Fact]
    public async Task Given_AFailedStatus_When_ACommitIsDeployedThatRequiresIt_Then_GitHubSaysConflict()
    {
        var repository = Create(App).Repository;
        await repository.Status.Create(Owner, "required", Sha, new NewCommitStatus { State = CommitState.Failure, Context = "a" });
        await repository.Status.Create(Owner, "required", Sha, new NewCommitStatus { State = CommitState.Success, Context = "b" });

        Assert.Equal((CommitState.Failure, 2), ((await repository.Status.GetCombined(Owner, "required", Sha)).State.Value, (await repository.Status.GetCombined(Owner, "required", Sha)).TotalCount));
        await Assert.ThrowsAsync<ApiException>(() => repository.Deployment.Create(Owner, "required", new NewDeployment(Sha) { AutoMerge = false }));
        await repository.Deployment.Create(Owner, "required", new NewDeployment(Sha) { AutoMerge = false, RequiredContexts = new(["b"]) });
    }

    private static Task<Deployment> DeployAsync(IDeploymentsClient deployments, string environment) => deployments.Create(Owner, "deploy", new NewDeployment(Sha)
    {
        Task = "pipeline",
        Environment = environment,
        Payload = new() { ["run_id"] = "run-1" },
        AutoMerge = false,
        RequiredContexts = [],
        ProductionEnvironment = false,
    });

    private GitHubClient Create(string login) => new(new ProductHeaderValue("sandbox-tests"), sandbox.Url) { Credentials = new Octokit.Credentials(login) };
}
