using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.GitHub;

/// <summary>Workflow runs, their jobs and reviews, and the environments that they wait for; what a person does on GitHub's pages is set under /_sandbox/github.</summary>
internal static class ActionsEndpoints
{
    private const string Run = "/repos/{owner}/{name}/actions/runs/{id:long}";
    private const string Environment = "/repos/{owner}/{name}/environments/{environment}";

    public static RouteGroupBuilder MapActions(this RouteGroupBuilder group)
    {
        group.MapGet(Run, (string owner, string name, long id, HttpContext context, GitHubStore store) =>
            Answer(store.Run($"{owner}/{name}", id), run => Describe(context, run))).WithName("GetWorkflowRun");
        group.MapGet($"{Run}/approvals", (string owner, string name, long id, HttpContext context, GitHubStore store) =>
            Answer(store.Run($"{owner}/{name}", id), run => Reviews(context, run, store))).WithName("ListReviews");
        group.MapGet($"{Run}/jobs", (string owner, string name, long id, HttpContext context, GitHubStore store) =>
            Answer(store.Run($"{owner}/{name}", id), run => Jobs(context, run))).WithName("ListJobs");
        group.MapGet($"{Run}/attempts/{{attempt:int}}/jobs", (string owner, string name, long id, int attempt, HttpContext context, GitHubStore store) =>
            Answer(attempt == 1 ? store.Run($"{owner}/{name}", id) : null, run => Jobs(context, run))).WithName("ListJobsOfAttempt");
        group.MapGet(Environment, (string owner, string name, string environment, HttpContext context, GitHubStore store) =>
            Answer(store.Environment($"{owner}/{name}", environment), found => Describe(context, found, rules: true))).WithName("GetEnvironment");
        return group;
    }

    /// <summary>On GitHub a person sets up an environment, and starts and reviews a workflow run, on its pages.</summary>
    public static WebApplication MapActionsControl(this WebApplication app)
    {
        app.MapPut($"/_sandbox/github{Environment}", (string owner, string name, string environment, HttpContext context, GitHubStore store, TimeProvider time) =>
            ControlRequest.ApplyAsync<EnvironmentSetting>(context, "The environment is not valid", told => store.SetEnvironment(
                new DeploymentEnvironment($"{owner}/{name}", environment, told.Reviewers ?? [], told.PreventSelfReview, time.GetUtcNow()))));
        app.MapPut($"/_sandbox/github{Run}", (string owner, string name, long id, HttpContext context, GitHubStore store, TimeProvider time) =>
            ControlRequest.ApplyAsync<RunSetting>(context, "The workflow run is not valid", told => store.SetRun(new WorkflowRun(
                $"{owner}/{name}", id, told.Actor ?? "sandbox", told.TriggeringActor ?? told.Actor ?? "sandbox",
                [.. (told.Jobs ?? []).Select(job => new WorkflowJob(job, time.GetUtcNow()))], told.Reviews ?? [], time.GetUtcNow()))));
        return app;
    }

    private static IResult Answer<T>(T? found, Func<T, JsonNode> describe)
        where T : class => found is null ? GitHubAnswer.NotFound() : GitHubAnswer.Ok(describe(found));

    private static JsonObject Describe(HttpContext context, WorkflowRun run) => new()
    {
        ["id"] = run.Id,
        ["node_id"] = $"WFR_{run.Id}",
        ["name"] = "Launch",
        ["path"] = ".github/workflows/launch.yml",
        ["head_branch"] = "main",
        ["head_sha"] = new string('0', 40),
        ["run_number"] = run.Id,
        ["run_attempt"] = 1,
        ["event"] = "workflow_dispatch",
        ["status"] = "in_progress",
        ["conclusion"] = null,
        ["workflow_id"] = 1,
        ["url"] = Url(context, $"api/v3/repos/{run.Repository}/actions/runs/{run.Id}"),
        ["html_url"] = Url(context, $"{run.Repository}/actions/runs/{run.Id}"),
        ["actor"] = RepositoryEndpoints.User(run.Actor),
        ["triggering_actor"] = RepositoryEndpoints.User(run.TriggeringActor),
        ["created_at"] = Timestamp.Text(run.CreatedAt),
        ["updated_at"] = Timestamp.Text(run.CreatedAt),
        ["run_started_at"] = Timestamp.Text(run.CreatedAt),
    };

    private static JsonObject Jobs(HttpContext context, WorkflowRun run) => new()
    {
        ["total_count"] = run.Jobs.Length,
        ["jobs"] = new JsonArray([.. run.Jobs.Select((job, index) => new JsonObject
        {
            ["id"] = (run.Id * 100) + index,
            ["run_id"] = run.Id,
            ["run_url"] = Url(context, $"api/v3/repos/{run.Repository}/actions/runs/{run.Id}"),
            ["node_id"] = $"CR_{run.Id}_{index}",
            ["head_sha"] = new string('0', 40),
            ["html_url"] = Url(context, $"{run.Repository}/actions/runs/{run.Id}/job/{index}"),
            ["status"] = "in_progress",
            ["conclusion"] = null,
            ["started_at"] = Timestamp.Text(job.StartedAt),
            ["completed_at"] = null,
            ["name"] = job.Name,
            ["steps"] = new JsonArray(),
            ["labels"] = new JsonArray("ubuntu-latest"),
            ["run_attempt"] = 1,
        })]),
    };

    // GitHub's API gives no time of a review.
    private static JsonArray Reviews(HttpContext context, WorkflowRun run, GitHubStore store) => [.. run.Reviews.Select(review => new JsonObject
    {
        ["state"] = review.State,
        ["comment"] = review.Comment,
        ["user"] = RepositoryEndpoints.User(review.Reviewer),
        ["environments"] = new JsonArray([.. review.Environments.Select(name => store.Environment(run.Repository, name)).OfType<DeploymentEnvironment>()
            .Select(environment => Describe(context, environment, rules: false))]),
    })];

    private static JsonObject Describe(HttpContext context, DeploymentEnvironment environment, bool rules)
    {
        var described = new JsonObject
        {
            ["id"] = 1,
            ["node_id"] = $"EN_{environment.Name}",
            ["name"] = environment.Name,
            ["url"] = Url(context, $"api/v3/repos/{environment.Repository}/environments/{environment.Name}"),
            ["html_url"] = Url(context, $"{environment.Repository}/deployments/activity_log?environments_filter={environment.Name}"),
            ["created_at"] = Timestamp.Text(environment.CreatedAt),
            ["updated_at"] = Timestamp.Text(environment.CreatedAt),
        };
        if (rules)
        {
            described["protection_rules"] = new JsonArray([.. Rules(environment)]);
            described["deployment_branch_policy"] = null;
        }

        return described;
    }

    // An environment that a workflow named and nobody set up has no rules at all.
    private static IEnumerable<JsonObject> Rules(DeploymentEnvironment environment) => environment.Reviewers.Length == 0 ? [] :
    [
        new JsonObject
        {
            ["id"] = 1,
            ["node_id"] = "GA_1",
            ["type"] = "required_reviewers",
            ["prevent_self_review"] = environment.PreventSelfReview,
            ["reviewers"] = new JsonArray([.. environment.Reviewers.Select(login => new JsonObject { ["type"] = "User", ["reviewer"] = RepositoryEndpoints.User(login) })]),
        },
    ];

    private static string Url(HttpContext context, string path) => $"http://{context.Request.Host}/{path}";

    private sealed record EnvironmentSetting
    {
        public string[]? Reviewers { get; init; }

        public bool PreventSelfReview { get; init; }
    }

    private sealed record RunSetting
    {
        public string? Actor { get; init; }

        public string? TriggeringActor { get; init; }

        public string[]? Jobs { get; init; }

        public EnvironmentReview[]? Reviews { get; init; }
    }
}
