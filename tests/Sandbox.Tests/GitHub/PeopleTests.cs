using System.Net;
using System.Net.Http.Json;
using BuildPipeline.Sandbox.Tests.Support;
using Octokit;

namespace BuildPipeline.Sandbox.Tests.GitHub;

/// <summary>Who may do what on the sandbox's GitHub. Each test has its own repository.</summary>
public sealed class PeopleTests(SeparateSandbox sandbox) : IClassFixture<SeparateSandbox>
{
    [Fact]
    public async Task Given_Collaborators_When_TheirPermissionIsRead_Then_ItIsOneOfFourAndTheRoleSaysWhich()
    {
        await SetAsync("repos/team/permissions/collaborators/keeper", new { role = "maintain" });
        await SetAsync("repos/team/permissions/collaborators/helper", new { role = "triage" });
        var collaborators = As("github-actions[bot]").Repository.Collaborator;

        Assert.Equal(("write", "maintain"), await PermissionAsync("keeper"));
        Assert.Equal(("read", "triage"), await PermissionAsync("Helper"));
        Assert.Equal(("none", "none"), await PermissionAsync("stranger"));
        Assert.Equal(("admin", "admin"), await PermissionAsync("team"));

        async Task<(string, string)> PermissionAsync(string login)
        {
            var review = await collaborators.ReviewPermission("team", "permissions", login);
            return (review.Permission, review.RoleName);
        }
    }

    [Fact]
    public async Task Given_AFileOfTheDefaultBranch_When_Read_Then_ItIsThereAndOnNoOtherBranch()
    {
        var text = string.Join('\n', Enumerable.Range(0, 50).Select(number => $"login-{number}"));
        await SetAsync("repos/team/files/contents/.github/gpu-approvers", new { content = text });
        var contents = As("octocat").Repository.Content;

        Assert.Equal(text, Assert.Single(await contents.GetAllContents("team", "files", ".github/gpu-approvers")).Content);
        await Assert.ThrowsAsync<NotFoundException>(() => contents.GetAllContents("team", "files", "README.md"));
        await Assert.ThrowsAsync<NotFoundException>(() => contents.GetAllContentsByRef("team", "files", ".github/gpu-approvers", "feature"));
        await Assert.ThrowsAsync<NotFoundException>(() => contents.GetAllContents("team", "other", ".github/gpu-approvers"));
    }

    [Fact]
    public async Task Given_ATeam_When_ItsMembersAreRead_Then_TheTokenOfAWorkflowMayNot()
    {
        await SetAsync("orgs/acme/teams/payers/memberships/reviewer", new { state = "active" });
        await SetAsync("orgs/acme/teams/payers/memberships/invited", new { state = "pending" });
        await SetAsync("orgs/acme/teams/payers/memberships/former", new { state = "active" });
        await SetAsync("orgs/acme/teams/payers/memberships/former", new { state = "none" });

        Assert.Equal("active", await StateAsync("team-reader[bot]", "Reviewer"));
        Assert.Equal("pending", await StateAsync("octocat", "invited"));
        await Assert.ThrowsAsync<NotFoundException>(() => StateAsync("octocat", "former"));
        await Assert.ThrowsAsync<NotFoundException>(() => StateAsync("octocat", "stranger"));
        Assert.Equal("Resource not accessible by integration", (await Assert.ThrowsAsync<ForbiddenException>(() => StateAsync("github-actions[bot]", "reviewer"))).Message);

        async Task<string> StateAsync(string token, string login)
        {
            var answer = await As(token).Connection.Get<Dictionary<string, object>>(new Uri($"orgs/acme/teams/payers/memberships/{login}", UriKind.Relative), null);
            return (string)answer.Body["state"];
        }
    }

    [Fact]
    public async Task Given_CommentsOfAPersonAndOfAnApp_When_Read_Then_TheirAuthorsAreThoseOfTheTokensAndAnEditShows()
    {
        await SetAsync("repos/team/authors/pulls/7", new { author = "author" });
        var person = await As("reviewer").Issue.Comment.Create("team", "authors", 7, "/approve");
        var app = await As("helper[bot]").Issue.Comment.Create("team", "authors", 7, "/approve");
        await SetAsync($"repos/team/authors/issues/comments/{person.Id}", new { created_at = person.CreatedAt.AddHours(-1) });

        Assert.Equal(("reviewer", AccountType.User), (person.User.Login, person.User.Type));
        Assert.Equal(("helper[bot]", AccountType.Bot), (app.User.Login, app.User.Type));
        Assert.Equal("author", (await As("octocat").PullRequest.Get("team", "authors", 7)).User.Login);
        var before = await As("octocat").Issue.Comment.Get("team", "authors", person.Id);
        Assert.Equal((person.CreatedAt.AddHours(-1), before.CreatedAt), (before.CreatedAt, before.UpdatedAt));

        var edited = await As("admin").Issue.Comment.Update("team", "authors", person.Id, "/approve more");

        Assert.Equal(("reviewer", true), (edited.User.Login, edited.UpdatedAt > edited.CreatedAt));
    }

    [Theory]
    [InlineData("repos/team/faults/collaborators/octocat", """{"role":"owner"}""")]
    [InlineData("orgs/acme/teams/payers/memberships/octocat", """{"state":"maybe"}""")]
    [InlineData("repos/team/faults/issues/comments/99", """{"created_at":"2026-01-01T00:00:00Z"}""")]
    public async Task Given_ASettingThatDoesNotExist_When_Set_Then_ItIsRefused(string what, string json)
    {
        using var answer = await sandbox.Http.PutAsync($"/_sandbox/github/{what}", new StringContent(json));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task SetAsync(string what, object value) => (await sandbox.Http.PutAsJsonAsync($"/_sandbox/github/{what}", value)).EnsureSuccessStatusCode();

    private GitHubClient As(string token) => new(new ProductHeaderValue("sandbox-tests"), sandbox.Url) { Credentials = new Octokit.Credentials(token) };
}
