using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.GitHub;

/// <summary>A deployment of a commit to an environment.</summary>
/// <param name="Statuses">The oldest first.</param>
internal sealed record Deployment(long Id, string Repository, string Ref, string Creator, DateTimeOffset CreatedAt, DeploymentStatus[] Statuses)
{
    public required string Task { get; init; }

    public required string Environment { get; init; }

    public JsonNode? Payload { get; init; }

    public string? Description { get; init; }

    public bool Transient { get; init; }

    public bool Production { get; init; }
}

/// <summary>The state of a deployment.</summary>
internal sealed record DeploymentStatus(long Id, string State, string? Description, string? LogUrl, string? EnvironmentUrl, string Creator, DateTimeOffset CreatedAt);

/// <summary>Deployments and their statuses.</summary>
internal static class DeploymentEndpoints
{
    private const string All = "/repos/{owner}/{name}/deployments";
    private const string One = All + "/{id:long}";
    private const int LongestDescription = 140;

    private static readonly string[] States = ["error", "failure", "inactive", "in_progress", "queued", "pending", "success"];

    public static RouteGroupBuilder MapDeployments(this RouteGroupBuilder group)
    {
        group.MapPost(All, CreateAsync).WithName("CreateDeployment");
        group.MapGet(All, (string owner, string name, HttpContext context, GitHubStore store) =>
            Paging.Answer(context, [.. store.Deployments($"{owner}/{name}").Where(deployment => IsAsked(context.Request.Query, deployment))], deployment => Describe(context, deployment))).WithName("ListDeployments");
        group.MapGet(One, (string owner, string name, long id, HttpContext context, GitHubStore store) =>
            Find(store, owner, name, id) is { } deployment ? GitHubAnswer.Ok(Describe(context, deployment)) : GitHubAnswer.NotFound()).WithName("GetDeployment");
        group.MapPost($"{One}/statuses", AddStatusAsync).WithName("CreateDeploymentStatus");
        group.MapGet($"{One}/statuses", (string owner, string name, long id, HttpContext context, GitHubStore store) => Find(store, owner, name, id) is { } deployment
            ? Paging.Answer(context, [.. deployment.Statuses.Reverse()], status => Describe(context, deployment, status))
            : GitHubAnswer.NotFound()).WithName("ListDeploymentStatuses");
        return group;
    }

    private static Deployment? Find(GitHubStore store, string owner, string name, long id) => store.Deployments($"{owner}/{name}").FirstOrDefault(deployment => deployment.Id == id);

    private static bool IsAsked(IQueryCollection query, Deployment deployment) =>
        new[] { ("sha", ShaOf(deployment)), ("ref", deployment.Ref), ("task", deployment.Task), ("environment", deployment.Environment) }
            .All(member => query[member.Item1] is not [{ Length: > 0 } asked] || asked == member.Item2);

    private static Task<IResult> CreateAsync(string owner, string name, HttpContext context, GitHubStore store, TimeProvider time) => ReadAsync(context, request =>
    {
        string? Text(string member) => (string?)request[member];
        if (string.IsNullOrEmpty(Text("ref")) || Text("description") is { Length: > LongestDescription })
        {
            return GitHubAnswer.Invalid("Deployment", Text("ref") is null ? "ref" : "description", $"ref is needed, and a description has up to {LongestDescription} characters");
        }

        if ((bool?)request["auto_merge"] != false)
        {
            return GitHubAnswer.Refuse(501, "The sandbox has no branches to merge. Send auto_merge: false.");
        }

        var environment = Text("environment") ?? "production";
        var deployment = new Deployment(
            0, $"{owner}/{name}", Text("ref")!, GitHubCaller.Of(context).Login, time.GetUtcNow(), [])
        {
            Task = Text("task") ?? "deploy",
            Environment = environment,
            Payload = request["payload"]?.DeepClone(),
            Description = Text("description"),
            Transient = (bool?)request["transient_environment"] ?? false,
            Production = (bool?)request["production_environment"] ?? environment == "production",
        };
        var latest = store.LatestStatuses($"{owner}/{name}", ShaOf(deployment));
        var required = (request["required_contexts"] as JsonArray)?.Select(context => (string?)context) ?? latest.Select(status => status.Context);
        return required.Any(context => latest.FirstOrDefault(status => status.Context == context)?.State != "success")
            ? GitHubAnswer.Refuse(409, $"Conflict: Commit status checks failed for {deployment.Ref}.")
            : GitHubAnswer.Ok(Describe(context, store.AddDeployment(id => deployment with { Id = id })), StatusCodes.Status201Created);
    });

    private static Task<IResult> AddStatusAsync(string owner, string name, long id, HttpContext context, GitHubStore store, TimeProvider time) => ReadAsync(context, request =>
    {
        string? Text(string member) => (string?)request[member];
        if (Find(store, owner, name, id) is not { } deployment)
        {
            return GitHubAnswer.NotFound();
        }

        if (Text("state") is not { } state || !States.Contains(state) || Text("description") is { Length: > LongestDescription })
        {
            return GitHubAnswer.Invalid("DeploymentStatus", "state", $"state is one of {string.Join(", ", States)}, and a description has up to {LongestDescription} characters");
        }

        // A success ends the earlier deployments of the environment, where the caller leaves that on.
        var ended = state == "success" && (bool?)request["auto_inactive"] != false
            ? store.Deployments(deployment.Repository).Where(other =>
                other.Id < id && other.Environment == deployment.Environment && other is { Transient: false, Production: false } && other.Statuses is not [.., { State: "inactive" }]).ToList()
            : [];
        var status = store.AddDeploymentStatus(
            deployment, number => new(number, state, Text("description"), Text("log_url"), Text("environment_url"), GitHubCaller.Of(context).Login, time.GetUtcNow()), ended);
        return GitHubAnswer.Ok(Describe(context, deployment, status), StatusCodes.Status201Created);
    });

    private static async Task<IResult> ReadAsync(HttpContext context, Func<JsonObject, IResult> answer)
    {
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) is JsonObject request
                ? answer(request) : GitHubAnswer.Refuse(400, "Body should be a JSON object");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return GitHubAnswer.Refuse(400, "Problems parsing JSON");
        }
    }

    // A branch has no commits here; its head is that of its pull request.
    private static string ShaOf(Deployment deployment) => deployment.Ref.Length == 40 ? deployment.Ref : new string('0', 40);

    private static string Url(HttpContext context, Deployment deployment) => $"http://{context.Request.Host}/api/v3/repos/{deployment.Repository}/deployments/{deployment.Id}";

    private static JsonObject Describe(HttpContext context, Deployment deployment) => new()
    {
        ["id"] = deployment.Id,
        ["node_id"] = $"DE_{deployment.Id}",
        ["url"] = Url(context, deployment),
        ["sha"] = ShaOf(deployment),
        ["ref"] = deployment.Ref,
        ["task"] = deployment.Task,
        ["payload"] = deployment.Payload?.DeepClone() ?? new JsonObject(),
        ["original_environment"] = deployment.Environment,
        ["environment"] = deployment.Environment,
        ["description"] = deployment.Description,
        ["creator"] = RepositoryEndpoints.User(deployment.Creator),
        ["created_at"] = Timestamp.Text(deployment.CreatedAt),
        ["updated_at"] = Timestamp.Text(deployment.Statuses is [.., var last] ? last.CreatedAt : deployment.CreatedAt),
        ["statuses_url"] = $"{Url(context, deployment)}/statuses",
        ["repository_url"] = $"http://{context.Request.Host}/api/v3/repos/{deployment.Repository}",
        ["transient_environment"] = deployment.Transient,
        ["production_environment"] = deployment.Production,
    };

    private static JsonObject Describe(HttpContext context, Deployment deployment, DeploymentStatus status) => new()
    {
        ["id"] = status.Id,
        ["node_id"] = $"DES_{status.Id}",
        ["url"] = $"{Url(context, deployment)}/statuses/{status.Id}",
        ["state"] = status.State,
        ["description"] = status.Description ?? "",
        ["environment"] = deployment.Environment,
        ["environment_url"] = status.EnvironmentUrl ?? "",
        ["log_url"] = status.LogUrl ?? "",
        ["target_url"] = status.LogUrl ?? "",
        ["creator"] = RepositoryEndpoints.User(status.Creator),
        ["created_at"] = Timestamp.Text(status.CreatedAt),
        ["updated_at"] = Timestamp.Text(status.CreatedAt),
        ["deployment_url"] = Url(context, deployment),
        ["repository_url"] = $"http://{context.Request.Host}/api/v3/repos/{deployment.Repository}",
    };
}
