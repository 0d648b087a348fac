using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.GitHub;

/// <summary>Statuses of commits.</summary>
internal static class StatusEndpoints
{
    private const int LongestDescription = 140;

    private static readonly string[] States = ["error", "failure", "pending", "success"];

    public static RouteGroupBuilder MapStatuses(this RouteGroupBuilder group)
    {
        group.MapPost("/repos/{owner}/{name}/statuses/{sha}", CreateAsync).WithName("CreateStatus");
        group.MapGet("/repos/{owner}/{name}/commits/{sha}/statuses", (string owner, string name, string sha, HttpContext context, GitHubStore store) =>
            Paging.Answer(context, store.Statuses($"{owner}/{name}", sha), status => Describe(context, status))).WithName("ListStatuses");
        group.MapGet("/repos/{owner}/{name}/commits/{sha}/status", (string owner, string name, string sha, HttpContext context, GitHubStore store) =>
            GitHubAnswer.Ok(Combine(context, $"{owner}/{name}", sha, store.LatestStatuses($"{owner}/{name}", sha)))).WithName("GetCombinedStatus");
        return group;
    }

    private static async Task<IResult> CreateAsync(string owner, string name, string sha, HttpContext context, GitHubStore store)
    {
        try
        {
            var request = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject;
            string? Text(string member) => request?[member]?.GetValue<string>();
            if (!States.Contains(Text("state")))
            {
                return GitHubAnswer.Invalid("Status", "state", $"State must be one of {string.Join(", ", States)}");
            }

            if (Text("description") is { Length: > LongestDescription })
            {
                return GitHubAnswer.Invalid("Status", "description", $"description is too long (maximum is {LongestDescription} characters)");
            }

            var status = store.AddStatus($"{owner}/{name}", sha, Text("state")!, Text("context") ?? "default", GitHubCaller.Of(context).Login, Text("description"), Text("target_url"));
            return GitHubAnswer.Ok(Describe(context, status), StatusCodes.Status201Created);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return GitHubAnswer.Refuse(400, "Problems parsing JSON");
        }
    }

    private static JsonObject Combine(HttpContext context, string repository, string sha, IReadOnlyList<CommitStatus> latest) => new()
    {
        ["state"] = latest.Any(status => status.State is "error" or "failure") ? "failure"
            : latest.Count == 0 || latest.Any(status => status.State == "pending") ? "pending" : "success",
        ["sha"] = sha,
        ["total_count"] = latest.Count,
        ["statuses"] = new JsonArray([.. latest.Select(status => Describe(context, status))]),
        ["url"] = $"http://{context.Request.Host}/api/v3/repos/{repository}/commits/{sha}/status",
    };

    private static JsonObject Describe(HttpContext context, CommitStatus status) => new()
    {
        ["id"] = status.Id,
        ["node_id"] = $"SC_{status.Id}",
        ["url"] = $"http://{context.Request.Host}/api/v3/repos/{status.Repository}/statuses/{status.Sha}",
        ["state"] = status.State,
        ["context"] = status.Context,
        ["description"] = status.Description,
        ["target_url"] = status.TargetUrl,
        ["creator"] = RepositoryEndpoints.User(status.Creator),
        ["created_at"] = Timestamp.Text(status.CreatedAt),
        ["updated_at"] = Timestamp.Text(status.CreatedAt),
    };
}
