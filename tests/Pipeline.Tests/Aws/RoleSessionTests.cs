using System.Globalization;
using System.Web;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Pipeline.Tests.Accounts;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Aws;

/// <summary>Sessions of roles by the clock: renewed in time, used to their end, and what terraform gets of them.</summary>
public sealed class RoleSessionTests
{
    private const string Arn = "arn:aws:iam::123456789012:role/finetune-dev-launch";

    private static readonly Dictionary<string, string> Tags = new() { ["team"] = "research", ["environment"] = "dev" };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Given_ARole_When_Assumed_Then_TheSessionHasNameAndTags()
    {
        using var sts = new FakeAwsEndpoint(Session(1));
        using var clients = TestAccount.Clients("us-east-1", new Uri(sts.Url));

        var credentials = await Open(clients, Tags).GetCredentialsAsync();

        Assert.Equal(("key-1", "secret-1", "token-1"), (credentials.AccessKey, credentials.SecretKey, credentials.Token));
        var asked = HttpUtility.ParseQueryString(sts.Only.Body);
        Assert.Equal((Arn, "pipeline-dev"), (asked["RoleArn"], asked["RoleSessionName"]));
        Assert.Equal(
            ("environment", "dev", "team", "research"),
            (asked["Tags.member.1.Key"], asked["Tags.member.1.Value"], asked["Tags.member.2.Key"], asked["Tags.member.2.Value"]));
    }

    [Fact]
    public async Task Given_ASessionThatEndsSoon_When_UsedAgain_Then_TheRoleIsAssumedAgainAndNotBefore()
    {
        using var sts = new FakeAwsEndpoint(Session(1), Session(2, hours: 2));
        using var clients = TestAccount.Clients("us-east-1", new Uri(sts.Url));
        var session = Open(clients, []);

        await session.GetCredentialsAsync();
        _time.Advance(TimeSpan.FromMinutes(40) - TimeSpan.FromSeconds(1));
        var same = await session.GetCredentialsAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        var next = session.GetCredentials();

        Assert.Equal(("key-1", "key-2", 2), (same.AccessKey, next.AccessKey, sts.Requests.Count));
    }

    [Fact]
    public async Task Given_SessionsOfThreeMinutes_When_UsedForTen_Then_EachIsRenewedInItsLastMinute()
    {
        using var sts = new FakeAwsEndpoint([.. Enumerable.Range(0, 6).Select(at => Session(at, hours: ((at * 2) + 3) / 60.0))]);
        using var clients = TestAccount.Clients("us-east-1", new Uri(sts.Url));
        var session = Open(clients, []);

        for (var minute = 0; minute < 10; minute++)
        {
            Assert.Equal($"key-{minute / 2}", (await session.GetCredentialsAsync()).AccessKey);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(5, sts.Requests.Count);
    }

    [Fact]
    public async Task Given_StsThatRefuses_When_ASessionIsToBeRenewed_Then_ItIsUsedToItsEndAndStsIsAskedNowAndThen()
    {
        using var sts = new FakeAwsEndpoint(Session(1), Refusal("ExpiredToken"));
        using var clients = TestAccount.Clients("us-east-1", new Uri(sts.Url));
        var session = Open(clients, []);
        await session.GetCredentialsAsync();

        for (var minute = 0; minute < 60; minute++)
        {
            Assert.Equal("key-1", (await session.GetCredentialsAsync()).AccessKey);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal((11, _time.GetUtcNow()), (sts.Requests.Count, session.EndsAt));
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => session.GetCredentialsAsync());
        Assert.True(AwsErrors.IsEndOfCredentials(failure));
    }

    [Fact]
    public async Task Given_ATrustPolicyWithoutTags_When_Assumed_Then_TheSessionHasNone()
    {
        using var sts = new FakeAwsEndpoint(Refusal("AccessDenied"), Session(1));
        using var clients = TestAccount.Clients("us-east-1", new Uri(sts.Url));

        await Open(clients, Tags).OpenAsync(default);

        Assert.DoesNotContain("Tags.member", sts.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AccessDenied", "BP1412", 2)]
    [InlineData("ExpiredToken", "BP1402", 1)]
    [InlineData("InvalidClientTokenId", "BP1401", 2)]
    public async Task Given_ARefusal_When_Opened_Then_ItSaysWhy(string refusal, string code, int exitCode)
    {
        using var sts = new FakeAwsEndpoint(Refusal(refusal));
        using var clients = TestAccount.Clients("us-east-1", new Uri(sts.Url));

        var failure = await Assert.ThrowsAsync<PipelineException>(() => Open(clients, Tags).OpenAsync(default));

        Assert.Equal((code, (ExitCode)exitCode), (failure.Code.Id, failure.ExitCode));
        Assert.Contains(Arn, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_ARefusal_When_UsedAgain_Then_StsIsAskedAgain()
    {
        using var sts = new FakeAwsEndpoint(Refusal("AccessDenied"), Session(1));
        using var clients = TestAccount.Clients("us-east-1", new Uri(sts.Url));
        var session = Open(clients, []);

        await Assert.ThrowsAsync<PipelineException>(() => session.OpenAsync(default));

        Assert.Equal("key-1", (await session.GetCredentialsAsync()).AccessKey);
    }

    [Fact]
    public async Task Given_AnAssumedRole_When_ClientsAndTerraformAreSetUp_Then_BothHaveItsCredentials()
    {
        using var sts = new FakeAwsEndpoint(Session(1));
        using var clients = TestAccount.Clients("us-east-1", new Uri(sts.Url));
        var session = Open(clients, []);
        var account = new AssumedRoleAccount(new TestAccount { OwnsStateBucket = true, Endpoint = new Uri(sts.Url) }, session, () => session.EndsAt);
        using var asRole = new AwsClients(account, new NamedRegion(null));

        var config = (Amazon.S3.AmazonS3Config)asRole.S3.Config;

        Assert.Same(session, config.DefaultAWSCredentials);
        Assert.True(config.ForcePathStyle);
        Assert.Same(asRole.S3, asRole.S3);
        Assert.False(account.OwnsStateBucket);
        Assert.Equal(
            ("key-1", "secret-1", "token-1", ""),
            (account.TerraformVariables["AWS_ACCESS_KEY_ID"], account.TerraformVariables["AWS_SECRET_ACCESS_KEY"], account.TerraformVariables["AWS_SESSION_TOKEN"], account.TerraformVariables["AWS_PROFILE"]));
        Assert.DoesNotContain("secret-1", $"{account.In("us-east-1")} {session}", StringComparison.Ordinal);
    }

    private RoleSession Open(IAwsClients clients, Dictionary<string, string> tags) => new(new AssumedRole(clients, Arn, "pipeline-dev", tags), _time);

    private Answer Session(int number, double hours = 1) => new(200, $"""
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
        <Credentials><AccessKeyId>key-{number}</AccessKeyId><SecretAccessKey>secret-{number}</SecretAccessKey><SessionToken>token-{number}</SessionToken>
        <Expiration>{_time.GetUtcNow().AddHours(hours).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}</Expiration></Credentials>
        </AssumeRoleResult></AssumeRoleResponse>
        """, ("Content-Type", "text/xml"));

    private static Answer Refusal(string code) => new(403, $"""
        <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code>
        <Message>User: arn:aws:iam::123456789012:user/somebody is not authorized to perform: sts:AssumeRole on resource: {Arn}</Message></Error></ErrorResponse>
        """, ("Content-Type", "text/xml"));
}
