using System.Text;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.GitHub;

/// <summary>Permissions, teams, and files of the default branch; what a person does about them on GitHub's pages is set under /_sandbox/github.</summary>
internal static class PeopleEndpoints
{
    private const string Repository = "/repos/{owner}/{name}";
    private const string Membership = "/orgs/{organisation}/teams/{team}/memberships/{login}";
    private const int LineLength = 60;

    private static readonly string[] Roles = ["none", "read", "triage", "write", "maintain", "admin"];
    private static readonly string[] States = ["active", "pending", "none"];
    private static readonly string[] DefaultBranch = ["", "main", "heads/main", "refs/heads/main"];

    public static RouteGroupBuilder MapPeople(this RouteGroupBuilder group)
    {
        group.MapGet($"{Repository}/collaborators/{{login}}/permission", (string owner, string name, string login, PeopleStore people) =>
            GitHubAnswer.Ok(Permission(login, people.RoleOf($"{owner}/{name}", login)))).WithName("GetPermission");
        group.MapGet($"{Repository}/contents/{{**path}}", (string owner, string name, string path, HttpContext context, PeopleStore people) =>
            Contents(context, people, $"{owner}/{name}", path)).WithName("GetContents");
        group.MapGet(Membership, (string organisation, string team, string login, HttpContext context, PeopleStore people) => Member(context, people, $"{organisation}/{team}", login)).WithName("GetMembership");
        return group;
    }

    public static WebApplication MapPeopleControl(this WebApplication app)
    {
        app.MapPut($"/_sandbox/github{Repository}/collaborators/{{login}}", (string owner, string name, string login, HttpContext context, PeopleStore people) =>
            ControlRequest.ApplyAsync<RoleSetting>(context, "The role is not valid", told => people.Set(new Collaborator($"{owner}/{name}", login, OneOf(Roles, told.Role)))));
        app.MapPut($"/_sandbox/github{Repository}/contents/{{**path}}", (string owner, string name, string path, HttpContext context, PeopleStore people) =>
            ControlRequest.ApplyAsync<FileSetting>(context, "The file is not valid", told => people.Set(new RepositoryFile($"{owner}/{name}", path, told.Content ?? ""))));
        app.MapPut($"/_sandbox/github{Repository}/pulls/{{number:int}}", (string owner, string name, int number, HttpContext context, PeopleStore people) =>
            ControlRequest.ApplyAsync<AuthorSetting>(context, "The pull request is not valid", told => people.Set(new PullRequestAuthor($"{owner}/{name}", number, told.Author ?? "sandbox"))));
        app.MapPut($"/_sandbox/github{Membership}", (string organisation, string team, string login, HttpContext context, PeopleStore people) =>
            ControlRequest.ApplyAsync<MemberSetting>(context, "The membership is not valid", told => people.Set(new TeamMember($"{organisation}/{team}", login, OneOf(States, told.State)))));
        return app;
    }

    private static string OneOf(string[] values, string? value) => values.Contains(value) ? value! : throw new FormatException($"'{value}' is not one of {string.Join(", ", values)}");

    // GitHub knows four permissions, and says by the name of the role which of the others it is.
    private static JsonObject Permission(string login, string role) => new()
    {
        ["permission"] = role switch { "triage" => "read", "maintain" => "write", _ => role },
        ["role_name"] = role,
        ["user"] = RepositoryEndpoints.User(login),
    };

    private static IResult Contents(HttpContext context, PeopleStore people, string repository, string path)
    {
        var reference = context.Request.Query["ref"].ToString();
        return !DefaultBranch.Contains(reference) ? GitHubAnswer.Refuse(404, $"No commit found for the ref {reference}")
            : people.Find(repository, path) is { } file ? GitHubAnswer.Ok(Describe(context, file))
            : GitHubAnswer.NotFound();
    }

    // The workflow's own token has no permission for the organisation; that of another App may have.
    private static IResult Member(HttpContext context, PeopleStore people, string team, string login) =>
        GitHubCaller.Of(context) is { Slug: "github-actions" } ? GitHubAnswer.NotAccessible()
            : people.Member(team, login) is { } member ? GitHubAnswer.Ok(new JsonObject
            {
                ["url"] = $"http://{context.Request.Host}/api/v3/orgs/{team.Replace("/", "/teams/", StringComparison.Ordinal)}/memberships/{member.Login}",
                ["role"] = "member",
                ["state"] = member.State,
            })
            : GitHubAnswer.NotFound();

    private static JsonObject Describe(HttpContext context, RepositoryFile file)
    {
        var bytes = Encoding.UTF8.GetBytes(file.Content);
        return new()
        {
            ["type"] = "file",
            ["encoding"] = "base64",
            ["size"] = bytes.Length,
            ["name"] = Path.GetFileName(file.Path),
            ["path"] = file.Path,
            ["content"] = string.Concat(Convert.ToBase64String(bytes).Chunk(LineLength).Select(line => new string(line) + "\n")),
            ["url"] = $"http://{context.Request.Host}/api/v3/repos/{file.Repository}/contents/{file.Path}?ref=main",
            ["html_url"] = $"http://{context.Request.Host}/{file.Repository}/blob/main/{file.Path}",
        };
    }

    private sealed record RoleSetting
    {
        public string? Role { get; init; }
    }

    private sealed record FileSetting
    {
        public string? Content { get; init; }
    }

    private sealed record AuthorSetting
    {
        public string? Author { get; init; }
    }

    private sealed record MemberSetting
    {
        public string? State { get; init; }
    }
}
