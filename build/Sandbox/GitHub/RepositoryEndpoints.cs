using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.GitHub;

/// <summary>Who asks, and what can be commented on: every repository is there, and in each the issues 1 to 99,999, which are pull requests too.</summary>
internal static class RepositoryEndpoints
{
    private const int LastIssue = 99_999;

    /// <summary>The sandbox has no clock of its own for things that nobody made.</summary>
    private const string Epoch = "2026-01-01T00:00:00Z";

    public static RouteGroupBuilder MapRepositories(this RouteGroupBuilder group)
    {
        group.MapGet("/user", (HttpContext context) =>
            GitHubCaller.Of(context) is { IsApp: false } caller ? GitHubAnswer.Ok(User(caller.Login)) : GitHubAnswer.NotAccessible()).WithName("GetUser");
        group.MapGet("/repos/{owner}/{name}", (string owner, string name, HttpContext context) =>
            GitHubAnswer.Ok(Repository(context, owner, name))).WithName("GetRepository");
        group.MapGet("/repos/{owner}/{name}/issues/{number:int}", (string owner, string name, int number, HttpContext context, GitHubStore store) =>
            HasIssue(number) ? GitHubAnswer.Ok(Issue(context, $"{owner}/{name}", number, store)) : GitHubAnswer.NotFound()).WithName("GetIssue");
        group.MapGet("/repos/{owner}/{name}/pulls/{number:int}", (string owner, string name, int number, HttpContext context, PeopleStore people) =>
            HasIssue(number) ? GitHubAnswer.Ok(PullRequest(context, owner, name, number, people.AuthorOf($"{owner}/{name}", number))) : GitHubAnswer.NotFound()).WithName("GetPullRequest");
        return group;
    }

    public static bool HasIssue(int number) => number is >= 1 and <= LastIssue;

    public static JsonObject User(string login = "sandbox")
    {
        var id = NumberOf(login);
        return new()
        {
            ["login"] = login,
            ["id"] = id,
            ["node_id"] = $"U_{id}",
            ["type"] = new GitHubCaller(login).IsApp ? "Bot" : "User",
            ["site_admin"] = false,
        };
    }

    /// <summary>The same number for the same name, on every machine.</summary>
    public static int NumberOf(string name) => name.Aggregate(17, (number, character) => unchecked((number * 31) + character) & int.MaxValue);

    private static JsonObject Repository(HttpContext context, string owner, string name) => new()
    {
        ["id"] = 1,
        ["node_id"] = "R_1",
        ["name"] = name,
        ["full_name"] = $"{owner}/{name}",
        ["owner"] = User(owner),
        ["private"] = true,
        ["html_url"] = $"http://{context.Request.Host}/{owner}/{name}",
        ["url"] = $"http://{context.Request.Host}/api/v3/repos/{owner}/{name}",
        ["default_branch"] = "main",
        ["created_at"] = Epoch,
        ["updated_at"] = Epoch,
    };

    private static JsonObject Issue(HttpContext context, string repository, int number, GitHubStore store) => new()
    {
        ["id"] = number,
        ["node_id"] = $"I_{number}",
        ["number"] = number,
        ["title"] = $"Issue {number}",
        ["state"] = "open",
        ["locked"] = false,
        ["url"] = $"http://{context.Request.Host}/api/v3/repos/{repository}/issues/{number}",
        ["html_url"] = $"http://{context.Request.Host}/{repository}/issues/{number}",
        ["comments"] = store.Comments(repository).Count(comment => comment.Issue == number),
        ["user"] = User(),
        ["labels"] = new JsonArray(),
        ["assignees"] = new JsonArray(),
        ["created_at"] = Epoch,
        ["updated_at"] = Epoch,
    };

    private static JsonObject PullRequest(HttpContext context, string owner, string name, int number, string author) => new()
    {
        ["id"] = number,
        ["node_id"] = $"PR_{number}",
        ["number"] = number,
        ["title"] = $"Pull request {number}",
        ["state"] = "open",
        ["locked"] = false,
        ["draft"] = false,
        ["merged"] = false,
        ["url"] = $"http://{context.Request.Host}/api/v3/repos/{owner}/{name}/pulls/{number}",
        ["html_url"] = $"http://{context.Request.Host}/{owner}/{name}/pull/{number}",
        ["user"] = User(author),
        ["head"] = Branch(context, owner, name, $"branch-{number}"),
        ["base"] = Branch(context, owner, name, "main"),
        ["created_at"] = Epoch,
        ["updated_at"] = Epoch,
    };

    private static JsonObject Branch(HttpContext context, string owner, string name, string branch) => new()
    {
        ["label"] = $"{owner}:{branch}",
        ["ref"] = branch,
        ["sha"] = new string('0', 40),
        ["user"] = User(owner),
        ["repo"] = Repository(context, owner, name),
    };
}
