using System.Text;
using System.Text.Json;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Sandbox.Tests.Identity;

/// <summary>Signatures, against those of another signer and in the error codes of each service.</summary>
public sealed class AuthenticatorTests : IDisposable
{
    private static readonly DateTimeOffset Signed = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Uri Host = new("http://127.0.0.1:4566");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sandbox-test-");
    private readonly FakeTimeProvider _time = new(Signed);
    private readonly Sessions _sessions;
    private readonly Authenticator _authenticator;

    public AuthenticatorTests()
    {
        var settings = new SandboxSettings(_folder.FullName);
        _sessions = new Sessions(settings);
        _authenticator = new Authenticator(new AccessKeys(settings, _sessions), new SigningKeys(), _time);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Requests that botocore signed: sign_requests.py.</summary>
    [Fact]
    public async Task Given_requests_that_another_signer_signed_When_verified_Then_each_is_taken_and_no_changed_one()
    {
        var requests = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Identity", "signed-requests.json"))).RootElement;
        Assert.True(requests.GetArrayLength() > 20);
        foreach (var request in requests.EnumerateArray())
        {
            var name = request.GetProperty("name").GetString()!;
            Assert.True("arn:aws:iam::000000000000:user/sandbox" == await CallerOf(request), name);
            Assert.True("WrongSignature" == await CallerOf(request, method: "PATCH"), name);
            Assert.True("WrongSignature" == await CallerOf(request, further: request.GetProperty("target").GetString()!.Contains('?', StringComparison.Ordinal) ? "&x=1" : "?x=1"), name);
        }
    }

    [Theory]
    [InlineData("s3", "403 InvalidAccessKeyId", "403 SignatureDoesNotMatch", "400 InvalidToken", "400 ExpiredToken", "403 RequestTimeTooSkewed", "400 AuthorizationHeaderMalformed")]
    [InlineData("ec2", "401 AuthFailure", "401 AuthFailure", "401 AuthFailure", "400 RequestExpired", "400 RequestExpired", "400 RequestExpired")]
    [InlineData("sts", "403 InvalidClientTokenId", "403 SignatureDoesNotMatch", "403 InvalidClientTokenId", "403 ExpiredToken", "403 SignatureDoesNotMatch", "403 SignatureDoesNotMatch")]
    [InlineData("sns", "403 InvalidClientTokenId", "403 SignatureDoesNotMatch", "403 InvalidClientTokenId", "403 ExpiredToken", "403 SignatureDoesNotMatch", "403 SignatureDoesNotMatch")]
    [InlineData("monitoring", "403 InvalidClientTokenId", "403 SignatureDoesNotMatch", "403 InvalidClientTokenId", "403 ExpiredToken", "403 SignatureDoesNotMatch", "403 SignatureDoesNotMatch")]
    [InlineData("sagemaker", "400 UnrecognizedClientException", "400 InvalidSignatureException", "400 UnrecognizedClientException", "400 ExpiredTokenException", "400 InvalidSignatureException", "400 InvalidSignatureException")]
    [InlineData("logs", "400 UnrecognizedClientException", "400 InvalidSignatureException", "400 UnrecognizedClientException", "400 ExpiredTokenException", "400 InvalidSignatureException", "400 InvalidSignatureException")]
    public async Task Given_a_service_When_credentials_are_bad_Then_the_codes_are_its_own(
        string service, string unknown, string wrong, string token, string expired, string skewed, string day)
    {
        var session = Issue(900);
        var signature = new RequestSignature(service) { Time = Signed };
        var ofSession = signature with { Key = session.AccessKeyId, Secret = session.Secret };

        Assert.Equal(Arn, await AnswerAsync(signature));
        Assert.Equal(unknown, await AnswerAsync(signature with { Key = "nobody" }));
        Assert.Equal(unknown, await AnswerAsync(ofSession));
        Assert.Equal(wrong, await AnswerAsync(signature with { Secret = "other" }));
        Assert.Equal("arn:aws:sts::000000000000:assumed-role/launcher/run", await AnswerAsync(ofSession, session.Token));
        Assert.Equal(token, await AnswerAsync(ofSession, session.Token + "x"));
        Assert.Equal(token, await AnswerAsync(signature, session.Token));
        Assert.Equal(skewed, await AnswerAsync(signature with { Time = Signed.AddMinutes(-16) }));
        Assert.Equal(skewed, await AnswerAsync(signature with { Time = Signed.AddMinutes(16) }));
        Assert.Equal(day, await AnswerAsync(signature, scopeOf: "20260101"));
        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(expired, await AnswerAsync(ofSession with { Time = _time.GetUtcNow() }, session.Token));
        Assert.Equal("111122223333", (await _authenticator.AuthenticateAsync(await Context(signature with { Key = "111122223333", Time = _time.GetUtcNow() })))!.Caller!.Account);
    }

    [Theory]
    [InlineData("AWS4-HMAC-SHA256 Credential=sandbox/20260102/us-east-1/s3/aws4_request", "400 AuthorizationHeaderMalformed")]
    [InlineData("AWS4-HMAC-SHA256 Credential=s3, SignedHeaders=host, Signature=0", "400 AuthorizationHeaderMalformed")]
    [InlineData("AWS4-HMAC-SHA256", "400 AuthorizationHeaderMalformed")]
    [InlineData("AWS4-HMAC-SHA256 Credential=sandbox/20260102/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0", "403 AccessDenied")]
    public async Task Given_a_header_that_cannot_be_read_When_verified_Then_it_is_malformed(string header, string expected)
    {
        var context = Context("GET", "/", [("Host", Host.Authority), ("Authorization", header)], "");

        Assert.Equal(expected, await AnswerAsync(context));
    }

    [Fact]
    public async Task Given_a_header_of_Amazons_that_is_not_signed_When_sent_to_S3_Then_it_is_refused()
    {
        var context = await Context(new RequestSignature("s3") { Time = Signed });
        context.Request.Headers["x-amz-acl"] = "public-read";

        Assert.Equal("403 AccessDenied", await AnswerAsync(context));
    }

    private static string Arn => Caller.UserOf("000000000000").Arn;

    private SessionCredentials Issue(int seconds) => _sessions.Issue(
        "000000000000", "launcher", "AROA", new RoleSession("arn:aws:iam::000000000000:role/launcher", "run", Signed, Signed.AddSeconds(seconds), new Dictionary<string, string>(), []));

    private async Task<string> CallerOf(JsonElement request, string? method = null, string further = "")
    {
        var headers = request.GetProperty("headers").EnumerateObject().Select(header => (header.Name, header.Value.GetString()!));
        var answer = await AnswerAsync(Context(
            method ?? request.GetProperty("method").GetString()!, request.GetProperty("target").GetString() + further, [.. headers], request.GetProperty("body").GetString()!));
        return answer.EndsWith("SignatureDoesNotMatch", StringComparison.Ordinal) || answer.EndsWith("InvalidSignatureException", StringComparison.Ordinal) ? "WrongSignature" : answer;
    }

    private async Task<string> AnswerAsync(RequestSignature signature, string? token = null, string? scopeOf = null)
    {
        var context = await Context(signature, token);
        if (scopeOf is not null)
        {
            context.Request.Headers.Authorization = context.Request.Headers.Authorization.ToString().Replace("/20260102/", $"/{scopeOf}/", StringComparison.Ordinal);
        }

        return await AnswerAsync(context);
    }

    /// <summary>The caller's ARN, or the refusal.</summary>
    private async Task<string> AnswerAsync(HttpContext context)
    {
        try
        {
            return (await _authenticator.AuthenticateAsync(context))!.Caller!.Arn;
        }
        catch (AwsError error)
        {
            return $"{error.Status} {error.Code}";
        }
    }

    private static async Task<HttpContext> Context(RequestSignature signature, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/?a=b") { Content = new StringContent("{}") };
        if (token is not null)
        {
            request.Headers.Add("X-Amz-Security-Token", token);
        }

        await signature.SignAsync(request, Host);
        return Context("POST", "/?a=b", [("Host", Host.Authority), .. request.Headers.NonValidated.Select(header => (header.Key, header.Value.ToString()))], "{}");
    }

    private static DefaultHttpContext Context(string method, string target, IReadOnlyList<(string Name, string Value)> headers, string body)
    {
        var context = new DefaultHttpContext();
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        (request.Method, request.RawTarget, request.QueryString) = (method, target, target.Contains('?', StringComparison.Ordinal) ? target[target.IndexOf('?', StringComparison.Ordinal)..] : "");
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        foreach (var (name, value) in headers)
        {
            request.Headers[name] = value;
        }

        return context;
    }
}
