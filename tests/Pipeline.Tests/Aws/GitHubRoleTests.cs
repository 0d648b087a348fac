using System.Globalization;
using System.Web;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Pipeline.Tests.Accounts;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Aws;

public sealed class GitHubRoleTests
{
    private const string Arn = "arn:aws:iam::123456789012:role/finetune-dev-launch";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Given_AWorkflowJob_When_ItsSessionEndsSoon_Then_GitHubIsAskedForANewToken()
    {
        using var github = new FakeAwsEndpoint(Token("one"), Token("two"));
        using var sts = new FakeAwsEndpoint(Session(1), Session(2));
        using var clients = TestAccount.Clients("us-east-1", new Uri(sts.Url));
        var session = Open(github, clients);

        await session.OpenAsync(default);
        _time.Advance(TimeSpan.FromMinutes(41));
        var next = await session.GetCredentialsAsync();

        Assert.Equal(("key-2", 2), (next.AccessKey, github.Requests.Count));
        Assert.All(github.Requests, request => Assert.Equal("bearer request-token", request.Authorization));
        Assert.Equal(["one", "two"], sts.Requests.Select(request => HttpUtility.ParseQueryString(request.Body)["WebIdentityToken"]));
        Assert.All(sts.Requests, request => Assert.Equal((Arn, "github-17"), (HttpUtility.ParseQueryString(request.Body)["RoleArn"], HttpUtility.ParseQueryString(request.Body)["RoleSessionName"])));
    }

    [Theory]
    [InlineData(403, "BP1401")]
    [InlineData(503, "BP1405")]
    public async Task Given_GitHubWithoutAToken_When_Opened_Then_ItSaysSoWithoutTheSecret(int status, string code)
    {
        using var github = new FakeAwsEndpoint(new Answer(status, "{}"));
        using var clients = TestAccount.Clients("us-east-1", new Uri("http://127.0.0.1:9"));

        var failure = await Assert.ThrowsAsync<PipelineException>(() => Open(github, clients).OpenAsync(default));

        Assert.Equal(code, failure.Code.Id);
        Assert.DoesNotContain("request-token", $"{failure}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false, "AWS_ACCESS_KEY_ID", "key")]
    [InlineData(false, "AWS_WEB_IDENTITY_TOKEN_FILE", "/token")]
    [InlineData(false, "AWS_ROLE_ARN", "")]
    [InlineData(false, "ACTIONS_ID_TOKEN_REQUEST_URL", "")]
    [InlineData(true, "AWS_ACCESS_KEY_ID", "")]
    public void Given_TheVariablesOfAJob_When_Read_Then_ItsIdentityIsUsedWhereNoOtherCredentialsAreSet(bool isUsed, string? name = null, string? value = null)
    {
        var identity = Identity("http://127.0.0.1:9/token?v=2", asked => asked == name ? value : null);

        Assert.Equal(isUsed, identity is not null);
        Assert.DoesNotContain("request-token", $"{identity}", StringComparison.Ordinal);
        Assert.Equal(isUsed ? "http://127.0.0.1:9/token?v=2&audience=sts.amazonaws.com" : null, identity?.TokenAddress.ToString());
    }

    private RoleSession Open(FakeAwsEndpoint github, AwsClients clients) =>
        new(new GitHubRole(clients, Identity($"{github.Url}token?v=2", _ => null)!, new HttpClient()), _time);

    private static GitHubIdentity? Identity(string address, Func<string, string?> other) => GitHubIdentity.From(name => other(name) ?? name switch
    {
        "AWS_ROLE_ARN" => Arn,
        "ACTIONS_ID_TOKEN_REQUEST_URL" => address,
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN" => "request-token",
        "GITHUB_RUN_ID" => "17",
        _ => null,
    });

    private static Answer Token(string token) => new(200, $$"""{"value": "{{token}}"}""");

    private Answer Session(int number) => new(200, $"""
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
        <Credentials><AccessKeyId>key-{number}</AccessKeyId><SecretAccessKey>secret-{number}</SecretAccessKey><SessionToken>token-{number}</SessionToken>
        <Expiration>{_time.GetUtcNow().AddHours(number).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}</Expiration></Credentials>
        </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
        """, ("Content-Type", "text/xml"));
}
