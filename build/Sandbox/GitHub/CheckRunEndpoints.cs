using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.GitHub;

/// <summary>A check run of a commit, as its App wrote it.</summary>
/// <param name="Creator">Login of the App.</param>
/// <param name="Written">The members of GitHub's requests that it was written with, without its annotations.</param>
internal sealed record CheckRun(long Id, string Repository, string HeadSha, string Name, string Creator, JsonObject Written, JsonObject[] Annotations);

/// <summary>Check runs: only Apps write them.</summary>
internal static class CheckRunEndpoints
{
    private const string All = "/repos/{owner}/{name}/check-runs";
    private const string One = All + "/{id:long}";

    public static RouteGroupBuilder MapCheckRuns(this RouteGroupBuilder group)
    {
        group.MapPost(All, CreateAsync).WithName("CreateCheckRun");
        group.MapPatch(One, UpdateAsync).WithName("UpdateCheckRun");
        group.MapGet(One, (string owner, string name, long id, HttpContext context, GitHubStore store) =>
            Find(store, owner, name, id) is { } run ? GitHubAnswer.Ok(Describe(context, run)) : GitHubAnswer.NotFound()).WithName("GetCheckRun");
        group.MapGet($"{One}/annotations", (string owner, string name, long id, HttpContext context, GitHubStore store) =>
            Find(store, owner, name, id) is { } run ? Paging.Answer(context, run.Annotations, annotation => annotation.DeepClone()) : GitHubAnswer.NotFound()).WithName("ListAnnotations");
        group.MapGet("/repos/{owner}/{name}/commits/{sha}/check-runs", (string owner, string name, string sha, HttpContext context, GitHubStore store) =>
            Paging.Answer(context, Listed(context.Request.Query, store.CheckRuns($"{owner}/{name}").Where(run => run.HeadSha == sha)), run => Describe(context, run), "check_runs")).WithName("ListCheckRuns");
        return group;
    }

    private static CheckRun? Find(GitHubStore store, string owner, string name, long id) => store.CheckRuns($"{owner}/{name}").FirstOrDefault(run => run.Id == id);

    // The newest first. Of those of one name and App, only the newest is listed where the caller does not ask for all.
    private static List<CheckRun> Listed(IQueryCollection query, IEnumerable<CheckRun> runs)
    {
        var asked = runs.Reverse().Where(run => query["check_name"] is not [{ } name] || run.Name == name)
            .Where(run => query["status"] is not [{ } status] || StatusOf(run) == status);
        return [.. query["filter"] == "all" ? asked : asked.DistinctBy(run => (run.Name, run.Creator))];
    }

    private static Task<IResult> CreateAsync(string owner, string name, HttpContext context, GitHubStore store, TimeProvider time) => WriteAsync(context, null, request =>
    {
        var written = CheckRunRules.Merge([], request, time.GetUtcNow(), out var annotations);
        var run = store.AddCheckRun(id => new(
            id, $"{owner}/{name}", request["head_sha"]!.GetValue<string>(), request["name"]!.GetValue<string>(), GitHubCaller.Of(context).Login, written, annotations));
        return GitHubAnswer.Ok(Describe(context, run), StatusCodes.Status201Created);
    });

    private static async Task<IResult> UpdateAsync(string owner, string name, long id, HttpContext context, GitHubStore store, TimeProvider time)
    {
        if (Find(store, owner, name, id) is not { } run)
        {
            return GitHubAnswer.NotFound();
        }

        return await WriteAsync(context, run, request =>
        {
            var written = CheckRunRules.Merge(run.Written, request, time.GetUtcNow(), out var annotations);
            var changed = run with { Name = (string?)request["name"] ?? run.Name, Written = written, Annotations = [.. run.Annotations, .. annotations] };
            return GitHubAnswer.Ok(Describe(context, store.UpdateCheckRun(changed)));
        });
    }

    private static async Task<IResult> WriteAsync(HttpContext context, CheckRun? existing, Func<JsonObject, IResult> write)
    {
        var caller = GitHubCaller.Of(context);
        if (!caller.IsApp)
        {
            return GitHubAnswer.Refuse(403, "You must authenticate via a GitHub App.");
        }

        if (existing is not null && existing.Creator != caller.Login)
        {
            return GitHubAnswer.Refuse(403, $"Invalid app_id `{RepositoryEndpoints.NumberOf(caller.Slug!)}` - check run can only be modified by the GitHub App that created it.");
        }

        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) is not JsonObject request
                ? GitHubAnswer.Refuse(400, "Body should be a JSON object")
                : CheckRunRules.Refusal(request, isNew: existing is null) ?? write(request);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return GitHubAnswer.Refuse(400, "Problems parsing JSON");
        }
    }

    private static string StatusOf(CheckRun run) => (string?)run.Written["status"] ?? (run.Written["conclusion"] is null ? "queued" : "completed");

    private static JsonObject Describe(HttpContext context, CheckRun run)
    {
        var (root, slug) = ($"http://{context.Request.Host}", new GitHubCaller(run.Creator).Slug!);
        JsonNode? Written(string member) => run.Written[member]?.DeepClone();
        return new JsonObject
        {
            ["id"] = run.Id,
            ["node_id"] = $"CR_{run.Id}",
            ["head_sha"] = run.HeadSha,
            ["name"] = run.Name,
            ["external_id"] = Written("external_id") ?? "",
            ["url"] = $"{root}/api/v3/repos/{run.Repository}/check-runs/{run.Id}",
            ["html_url"] = $"{root}/{run.Repository}/runs/{run.Id}",
            ["details_url"] = Written("details_url"),
            ["status"] = StatusOf(run),
            ["conclusion"] = Written("conclusion"),
            ["started_at"] = Written("started_at"),
            ["completed_at"] = Written("completed_at"),
            ["output"] = new JsonObject
            {
                ["title"] = run.Written["output"]?["title"]?.DeepClone(),
                ["summary"] = run.Written["output"]?["summary"]?.DeepClone(),
                ["text"] = run.Written["output"]?["text"]?.DeepClone(),
                ["annotations_count"] = run.Annotations.Length,
                ["annotations_url"] = $"{root}/api/v3/repos/{run.Repository}/check-runs/{run.Id}/annotations",
            },
            ["check_suite"] = new JsonObject { ["id"] = RepositoryEndpoints.NumberOf(run.HeadSha + slug) },
            ["app"] = new JsonObject { ["id"] = RepositoryEndpoints.NumberOf(slug), ["slug"] = slug, ["name"] = slug, ["owner"] = RepositoryEndpoints.User("github") },
            ["pull_requests"] = new JsonArray(),
        };
    }
}
