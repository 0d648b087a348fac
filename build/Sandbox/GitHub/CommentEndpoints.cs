using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.GitHub;

/// <summary>Comments on issues and pull requests.</summary>
internal static class CommentEndpoints
{
    private const int LongestBody = 65_536;
    private const string Issue = "/repos/{owner}/{name}/issues/{number:int}/comments";
    private const string One = "/repos/{owner}/{name}/issues/comments/{id:long}";

    public static RouteGroupBuilder MapComments(this RouteGroupBuilder group)
    {
        group.MapGet(Issue, (string owner, string name, int number, HttpContext context, GitHubStore store) => RepositoryEndpoints.HasIssue(number)
            ? Paging.Answer(context, [.. store.Comments($"{owner}/{name}").Where(comment => comment.Issue == number)], comment => Describe(context, comment))
            : GitHubAnswer.NotFound()).WithName("ListComments");
        group.MapGet(
            "/repos/{owner}/{name}/issues/comments",
            (string owner, string name, HttpContext context, GitHubStore store) =>
                Paging.Answer(context, store.Comments($"{owner}/{name}"), comment => Describe(context, comment))).WithName("ListRepositoryComments");
        group.MapPost(Issue, CreateAsync).WithName("CreateComment");
        group.MapGet(One, (string owner, string name, long id, HttpContext context, GitHubStore store) =>
            Answer(context, store.Comment($"{owner}/{name}", id))).WithName("GetComment");
        group.MapPatch(One, UpdateAsync).WithName("UpdateComment");
        group.MapDelete(One, (string owner, string name, long id, GitHubStore store) =>
            store.DeleteComment($"{owner}/{name}", id) ? Results.NoContent() : GitHubAnswer.NotFound()).WithName("DeleteComment");
        return group;
    }

    /// <summary>Only time makes a comment old: a test sets when it was written.</summary>
    public static WebApplication MapCommentsControl(this WebApplication app)
    {
        app.MapPut($"/_sandbox/github{One}", (string owner, string name, long id, HttpContext context, GitHubStore store) =>
            ControlRequest.ApplyAsync<TimeSetting>(context, "The time is not valid", told => _ = store.SetTime($"{owner}/{name}", id, told.CreatedAt) ?? throw new FormatException("there is no such comment")));
        return app;
    }

    private static async Task<IResult> CreateAsync(string owner, string name, int number, HttpContext context, GitHubStore store)
    {
        var (body, refusal) = await ReadBodyAsync(context.Request);
        if (!RepositoryEndpoints.HasIssue(number))
        {
            return GitHubAnswer.NotFound();
        }

        if (refusal is not null)
        {
            return refusal;
        }

        var comment = store.AddComment($"{owner}/{name}", number, body, GitHubCaller.Of(context).Login);
        return GitHubAnswer.Ok(Describe(context, comment), StatusCodes.Status201Created);
    }

    private static async Task<IResult> UpdateAsync(string owner, string name, long id, HttpContext context, GitHubStore store)
    {
        var (body, refusal) = await ReadBodyAsync(context.Request);
        return refusal ?? Answer(context, store.UpdateComment($"{owner}/{name}", id, body));
    }

    /// <returns>The comment's text, and an answer where it cannot be taken.</returns>
    private static async Task<(string Body, IResult? Refusal)> ReadBodyAsync(HttpRequest request)
    {
        try
        {
            var document = await JsonNode.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted);
            var body = (document as JsonObject)?["body"]?.GetValue<string>() ?? "";
            var fault = body.Length > LongestBody ? $"Body is too long (maximum is {LongestBody} characters)"
                : string.IsNullOrWhiteSpace(body) ? "Body can't be blank" : null;
            return (body, fault is null ? null : GitHubAnswer.Invalid("IssueComment", "data", fault));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return ("", GitHubAnswer.Refuse(400, "Problems parsing JSON"));
        }
    }

    private static IResult Answer(HttpContext context, Comment? comment) =>
        comment is null ? GitHubAnswer.NotFound() : GitHubAnswer.Ok(Describe(context, comment));

    private static JsonObject Describe(HttpContext context, Comment comment)
    {
        var root = $"http://{context.Request.Host}";
        return new JsonObject
        {
            ["id"] = comment.Id,
            ["node_id"] = $"IC_{comment.Id}",
            ["url"] = $"{root}/api/v3/repos/{comment.Repository}/issues/comments/{comment.Id}",
            ["html_url"] = $"{root}/{comment.Repository}/issues/{comment.Issue}#issuecomment-{comment.Id}",
            ["issue_url"] = $"{root}/api/v3/repos/{comment.Repository}/issues/{comment.Issue}",
            ["user"] = RepositoryEndpoints.User(comment.Author),
            ["created_at"] = Timestamp.Text(comment.CreatedAt),
            ["updated_at"] = Timestamp.Text(comment.UpdatedAt),
            ["author_association"] = "OWNER",
            ["performed_via_github_app"] = new GitHubCaller(comment.Author).Slug is { } slug ? new JsonObject { ["slug"] = slug } : null,
            ["body"] = comment.Body,
        };
    }

    private sealed record TimeSetting
    {
        public DateTimeOffset CreatedAt { get; init; }
    }
}
