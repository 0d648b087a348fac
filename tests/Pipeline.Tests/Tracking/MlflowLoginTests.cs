using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BuildPipeline.Pipeline.Tests.Accounts;
using BuildPipeline.Tracking;

namespace BuildPipeline.Pipeline.Tests.Tracking;

/// <summary>What requests carry, as the server gets them.</summary>
public sealed class MlflowLoginTests
{
    private const string Arn = "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/team";

    private readonly Recorder _sent = new();

    [Theory]
    [InlineData("", "", "", null)]
    [InlineData("token", "", "", "Bearer token")]
    [InlineData("token", "user", "", "Bearer token")]
    [InlineData("token", "user", "word", "Basic dXNlcjp3b3Jk")]
    public async Task Given_MLflows_own_variables_When_asked_Then_the_login_is_as_in_its_client(string token, string user, string password, string? expected)
    {
        var environment = new Dictionary<string, string> { ["TEAM_TOKEN"] = token, ["TEAM_USERNAME"] = user, ["TEAM_PASSWORD"] = password, ["MLFLOW_TRACKING_TOKEN"] = "of another server" };

        await Client(new PlainMlflowAccess(new PlainMlflow(new Uri("http://127.0.0.1:5000")), "TEAM", environment.GetValueOrDefault)).GetAsync("runs/get", default, ("run_id", "a"));

        Assert.Equal(expected, _sent.Request!.Headers.Authorization?.ToString());
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Given_a_managed_server_When_asked_Then_the_signature_is_that_of_the_request_as_it_is_sent(string method)
    {
        var client = Client(new ManagedMlflowAccess((ManagedMlflow)MlflowAddress.Parse(Arn), new TestAccount { Endpoint = new Uri("http://127.0.0.1:4566") }));
        await (method == "GET"
            ? client.GetAsync("metrics/get-history", default, ("run_id", "a"), ("metric_key", "train loss/é+b"))
            : client.PostAsync("runs/update", new JsonObject { ["run_id"] = "é" }, default));

        var request = _sent.Request!;
        var authorization = request.Headers.GetValues("Authorization").Single();
        var signed = Part(authorization, "SignedHeaders=").Split(';');
        var canonical = string.Join('\n', [
            method, request.RequestUri!.AbsolutePath, string.Join('&', request.RequestUri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)),
            .. signed.Select(name => $"{name}:{(name == "host" ? request.RequestUri.Authority : Header(request, name))}"), "",
            string.Join(';', signed), Convert.ToHexStringLower(SHA256.HashData(_sent.Body))]);
        var (date, scope) = (Header(request, "x-amz-date"), Part(authorization, "Credential=")["sandbox/".Length..]);
        var key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4sandbox"), (part, name) => HMACSHA256.HashData(part, Encoding.UTF8.GetBytes(name)));
        var text = $"AWS4-HMAC-SHA256\n{date}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";

        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{date[..8]}/eu-west-1/sagemaker-mlflow/aws4_request"), scope);
        Assert.Contains("x-mlflow-sm-tracking-server-arn", signed);
        Assert.Equal(Arn, Header(request, "x-mlflow-sm-tracking-server-arn"));
        Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text))), Part(authorization, "Signature="));
    }

    [Fact]
    public async Task Given_a_server_that_refuses_the_login_When_asked_Then_the_variables_are_named_and_their_values_are_not()
    {
        _sent.Status = HttpStatusCode.Unauthorized;
        var access = new PlainMlflowAccess(new PlainMlflow(new Uri("http://127.0.0.1:5000")), "MLFLOW_TRACKING", name => name == "MLFLOW_TRACKING_TOKEN" ? "hidden-value" : null);

        var refused = await Assert.ThrowsAsync<TrackerException>(() => Client(access).GetAsync("runs/get", default, ("run_id", "a")));

        Assert.Contains("MLFLOW_TRACKING_TOKEN", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-value", refused.ToString(), StringComparison.Ordinal);
    }

    private static string Part(string authorization, string name) => authorization[(authorization.IndexOf(name, StringComparison.Ordinal) + name.Length)..].Split(',')[0].Trim();

    private static string Header(HttpRequestMessage request, string name) =>
        name == "content-type" ? request.Content!.Headers.ContentType!.ToString() : request.Headers.GetValues(name).Single();

    private MlflowClient Client(IMlflowAccess access) => new(new HttpClient(_sent), access);

    private sealed class Recorder : HttpMessageHandler
    {
        public HttpRequestMessage? Request { get; private set; }

        public byte[] Body { get; private set; } = [];

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (Request, Body) = (request, request.Content is { } content ? await content.ReadAsByteArrayAsync(cancellationToken) : []);
            return new HttpResponseMessage(Status) { Content = new StringContent("{}") };
        }
    }
}
