using System.Net.Http.Json;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using BuildPipeline.EndToEnd.Tests.Pipeline;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>Runs that outlive their credentials, as the launch role of infra/access.</summary>
[Trait("Tier", "all")]
public sealed class CredentialTests : IAsyncLifetime
{
    private const string Role = "arn:aws:iam::000000000000:role/finetune-sandbox-launch";

    private readonly Workplace _place = new();
    private readonly HttpClient _http = new();
    private string _values = "";

    /// <summary>A sandbox with the roles of its environment.</summary>
    public async Task InitializeAsync()
    {
        if (Pipeline.Terraform.WhyAbsent is null)
        {
            await _place.HostSandboxAsync();
            (await _place.BuildAsync("--target=Bootstrap")).ShouldExitWith(0);
            _values = $"--var-file={_place.Write("roles.tfvars", "permissions_boundary_arn = \"arn:aws:iam::000000000000:policy/finetune-sandbox-boundary\"\n")}";
            await AppliedRoles.ApplyAsync(_place, _values);
        }
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _place.DisposeAsync();
    }

    /// <summary>Sessions of three minutes and a run of ten, nine times as fast.</summary>
    [TerraformFact]
    public async Task Given_SessionsOfTwentySeconds_When_ARunTakesThreeOfThemAndMore_Then_ItIsValidatedByOneCall()
    {
        await LimitAsync(20);

        (await LaunchAsync($"--assume-role={Role}", await _place.SlowerAsync("long.tfvars", steps: 1100))).ShouldExitWith(0);

        var run = _place.Run;
        Assert.Equal("closed_validated", run.GetProperty("state").GetString());
        Assert.True(run.GetProperty("ended_at").GetDateTimeOffset() - run.GetProperty("started_at").GetDateTimeOffset() > TimeSpan.FromSeconds(20) * 10 / 3);
        Assert.Single(await _place.JobsAsync());
    }

    [TerraformFact]
    public async Task Given_ASessionThatNothingRenews_When_ItEndsInTheMiddle_Then_TheRunStaysOpenAndNewCredentialsContinueItsOneJob()
    {
        var training = await _place.SlowerAsync("long.tfvars", steps: 1000);
        (await _place.QuickAsync("--target=Apply", $"--assume-role={Role}", _values, training)).ShouldExitWith(0);
        var runId = _place.LatestRunId;
        await LimitAsync(30);
        using var process = _place.Start([Workplace.Quick, "--target=Launch", $"--run={runId}", "--interruptions=0", _values, training], await SessionAsync());

        (await Workplace.EndAsync(process)).ShouldExitWith(75, "BP1414").ShouldContain($"--target=Launch --run={runId}");

        Assert.Equal("launched", _place.Run.GetProperty("state").GetString());
        (await LaunchAsync($"--assume-role={Role}", training, $"--run={runId}")).ShouldExitWith(0);
        Assert.Equal("closed_validated", _place.Run.GetProperty("state").GetString());
        Assert.Single(_place.Events(), kind => kind == "launch.submitted");
        Assert.Single(await _place.JobsAsync());
    }

    private Task<Result> LaunchAsync(params string[] options) => _place.QuickAsync(["--target=Launch", "--interruptions=0", _values, .. options]);

    private async Task LimitAsync(int seconds) =>
        (await _http.PutAsJsonAsync(new Uri(_place.Sandbox().Url, "/_sandbox/sessions"), new { longest_seconds = seconds })).EnsureSuccessStatusCode();

    /// <summary>A session of the role, tagged as the pipeline tags it, in environment variables.</summary>
    private async Task<IReadOnlyDictionary<string, string>> SessionAsync()
    {
        var address = _place.Sandbox().Url.ToString().TrimEnd('/');
        using var sts = new AmazonSecurityTokenServiceClient(
            new BasicAWSCredentials("sandbox", "sandbox"), new AmazonSecurityTokenServiceConfig { ServiceURL = address, AuthenticationRegion = "us-east-1" });
        var session = (await sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = Role, RoleSessionName = "launch", Tags = [new Tag { Key = "environment", Value = "sandbox" }, new Tag { Key = "team", Value = "research" }] })).Credentials;
        return new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = address,
            ["AWS_ACCESS_KEY_ID"] = session.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = session.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = session.SessionToken,
        };
    }
}
