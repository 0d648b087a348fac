using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Tests.Authorization;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.Identity;

public sealed class SessionsTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sandbox-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Given_a_session_When_the_sandbox_starts_again_Then_its_key_is_good_and_says_who_it_is()
    {
        var issued = Issue(new Sessions(new SandboxSettings(_folder.FullName)));

        var found = new Sessions(new SandboxSettings(_folder.FullName)).Find(issued.AccessKeyId, issued.Token)!;

        Assert.Equal(issued.Secret, found.Secret);
        Assert.Equal((issued.Caller.Arn, "AROA:run", "arn:aws:iam::111122223333:role/team/launcher"), (found.Caller.Arn, found.Caller.UserId, found.Caller.PrincipalArn));
        Assert.Equal(("research", Start), (found.Caller.PolicyKeys["aws:principaltag/Team"], found.Caller.Session!.IssuedAt));
        Assert.Equal("2026-01-02T03:04:05Z", found.Caller.PolicyKeys["aws:TokenIssueTime"]);
    }

    [Fact]
    [Effect("AssumeRole", "Tags[].Key", "Tags[].Value", "TransitiveTagKeys")]
    public async Task Given_session_tags_When_another_role_is_assumed_Then_the_transitive_ones_stay()
    {
        var sessions = new Sessions(new SandboxSettings(_folder.FullName));
        var sts = new TestRoles().Sts(sessions, TimeProvider.System);
        async Task<Caller> AssumeAsync(string fields, Caller? caller)
        {
            var answer = await sts.QueryAsync("AssumeRole", "RoleArn=arn:aws:iam::111122223333:role/launcher&RoleSessionName=run" + fields, caller);
            return sessions.Find(answer.Texts("AccessKeyId")[0], answer.Texts("SessionToken")[0])!.Caller;
        }

        async Task<string> RefusedAsync(string fields, Caller? caller) => (await Assert.ThrowsAsync<AwsError>(() => AssumeAsync(fields, caller))).Code;
        const string Tags = "&Tags.member.1.Key=Team&Tags.member.1.Value=research&Tags.member.2.Key=Run&Tags.member.2.Value=1";

        var first = await AssumeAsync(Tags + "&TransitiveTagKeys.member.1=Team", caller: null);
        var second = await AssumeAsync("&Tags.member.1.Key=Stage&Tags.member.1.Value=plan", first);

        Assert.Equal(["Run=1", "Team=research"], first.Session!.Tags.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(["Stage=plan", "Team=research"], second.Session!.Tags.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(["Team"], second.Session.TransitiveTags);
        Assert.Equal("InvalidParameterValue", await RefusedAsync(Tags, first));
        Assert.Equal("InvalidParameterValue", await RefusedAsync("&TransitiveTagKeys.member.1=Team", caller: null));
        Assert.Equal("InvalidParameterValue", await RefusedAsync(Tags.Replace("Run", "team", StringComparison.Ordinal), caller: null));
        Assert.Equal("ValidationError", await RefusedAsync("&DurationSeconds=3601", first));
    }

    [Fact]
    public void Given_a_token_of_another_sandbox_or_key_When_looked_up_Then_it_is_none()
    {
        var sessions = new Sessions(new SandboxSettings(_folder.FullName));
        var (issued, other) = (Issue(sessions), Issue(sessions));
        var elsewhere = new Sessions(new SandboxSettings(Path.Combine(_folder.FullName, "elsewhere")));

        Assert.NotEqual(issued.Secret, other.Secret);
        Assert.Null(sessions.Find(other.AccessKeyId, issued.Token));
        Assert.Null(sessions.Find(issued.AccessKeyId, issued.Token.Split('.')[0]));
        Assert.Null(elsewhere.Find(issued.AccessKeyId, issued.Token));
    }

    private static SessionCredentials Issue(Sessions sessions) => sessions.Issue(
        "111122223333", "launcher", "AROA",
        new RoleSession("arn:aws:iam::111122223333:role/team/launcher", "run", Start, Start.AddHours(1), new Dictionary<string, string> { ["Team"] = "research" }, ["Team"]));
}
