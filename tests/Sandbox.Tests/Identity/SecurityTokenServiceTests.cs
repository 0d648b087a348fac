using System.Net.Http.Json;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Identity;

public sealed class SecurityTokenServiceTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string Role = "arn:aws:iam::111122223333:role/team/launcher";

    // Header, claims and signature as they come from a provider; nobody verifies the signature.
    private static string Token => $"{Base64("""{"alg":"none"}""")}.{Base64("""{"sub":"repo:team/models","aud":"sts.amazonaws.com","iss":"https://issuer.example"}""")}.x";

    [Fact]
    public async Task Given_the_sandbox_When_asked_who_I_am_Then_it_is_its_only_user()
    {
        using var sts = Create(SandboxFixture.Credentials);

        var identity = await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest());

        Assert.Equal("000000000000", identity.Account);
        Assert.Equal("arn:aws:iam::000000000000:user/sandbox", identity.Arn);
    }

    [Fact]
    public async Task Given_a_role_When_assumed_Then_its_session_calls_as_the_role_until_it_ends()
    {
        using var sts = Create(SandboxFixture.Credentials);

        var assumed = await sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = Role, RoleSessionName = "run", DurationSeconds = 900 });

        using var session = Create(assumed.Credentials);
        var identity = await session.GetCallerIdentityAsync(new GetCallerIdentityRequest());
        Assert.Equal("arn:aws:sts::111122223333:assumed-role/launcher/run", assumed.AssumedRoleUser.Arn);
        Assert.Equal((assumed.AssumedRoleUser.Arn, assumed.AssumedRoleUser.AssumedRoleId), (identity.Arn, identity.UserId));
    }

    [Fact]
    public async Task Given_another_account_When_it_asks_or_its_role_is_assumed_Then_the_key_is_that_accounts()
    {
        using var own = Create(SandboxFixture.Credentials);
        var assumed = await own.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = "arn:aws:iam::111122223333:role/reader", RoleSessionName = "run" });
        using var session = Create(assumed.Credentials);
        using var other = Create(new BasicAWSCredentials("111122223333", "sandbox"));

        Assert.Equal("arn:aws:sts::111122223333:assumed-role/reader/run", (await session.GetCallerIdentityAsync(new GetCallerIdentityRequest())).Arn);
        Assert.Equal("arn:aws:iam::111122223333:user/sandbox", (await other.GetCallerIdentityAsync(new GetCallerIdentityRequest())).Arn);
    }

    [Fact]
    public async Task Given_no_credentials_but_a_token_When_a_role_is_assumed_Then_it_is_taken_unsigned()
    {
        using var sts = Create(new AnonymousAWSCredentials());

        var assumed = await sts.AssumeRoleWithWebIdentityAsync(
            new AssumeRoleWithWebIdentityRequest { RoleArn = Role, RoleSessionName = "run", WebIdentityToken = Token });

        using var session = Create(assumed.Credentials);
        Assert.Equal("111122223333", (await session.GetCallerIdentityAsync(new GetCallerIdentityRequest())).Account);
        Assert.Equal(("repo:team/models", "sts.amazonaws.com", "https://issuer.example"), (assumed.SubjectFromWebIdentityToken, assumed.Audience, assumed.Provider));
    }

    [Fact]
    public async Task Given_a_limit_of_sessions_When_a_role_is_assumed_Then_its_session_ends_by_it()
    {
        using var sts = Create(SandboxFixture.Credentials);
        using var http = new HttpClient();
        async Task LimitAsync(object limit) => (await http.PutAsJsonAsync(new Uri(sandbox.Url, "/_sandbox/sessions"), limit)).EnsureSuccessStatusCode();

        await LimitAsync(new { longest_seconds = 1 });
        var assumed = await sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = Role, RoleSessionName = "run" });
        await LimitAsync(new { longest_seconds = (int?)null });

        Assert.True(assumed.Credentials.Expiration!.Value.ToUniversalTime() <= TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(1));
    }

    [Theory]
    [InlineData("not-an-arn", 900, "ValidationError")]
    [InlineData(Role, 60, "ValidationError")]
    public async Task Given_a_bad_role_or_duration_When_assumed_Then_the_error_is_the_protocols_own(string role, int seconds, string code)
    {
        using var sts = Create(SandboxFixture.Credentials);

        var error = await Assert.ThrowsAsync<AmazonSecurityTokenServiceException>(
            () => sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = role, RoleSessionName = "run", DurationSeconds = seconds }));

        Assert.Equal(code, error.ErrorCode);
        Assert.NotEmpty(error.RequestId);
    }

    private AmazonSecurityTokenServiceClient Create(AWSCredentials credentials) => new(credentials, new AmazonSecurityTokenServiceConfig
    {
        ServiceURL = sandbox.Url.ToString(),
        AuthenticationRegion = "us-east-1",
        MaxErrorRetry = 0,
    });

    private static string Base64(string text) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(text));
}
