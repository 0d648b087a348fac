using System.Text.Json;
using BuildPipeline.Accounts;
using BuildPipeline.Cli;
using BuildPipeline.Pipeline.Tests.Aws;

namespace BuildPipeline.Pipeline.Tests.Accounts;

public sealed class AccountTests : IDisposable
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("account-test-");
    private readonly FakeAwsEndpoint _health = new(new Answer(200, "{}"));

    public void Dispose()
    {
        _health.Dispose();
        _state.Delete(recursive: true);
    }

    [Fact]
    public async Task Given_AnEnvironmentOfAws_When_Opened_Then_ItIsThePublicAwsAndAPersonApproves()
    {
        using var sandbox = new SandboxProcess(_state.FullName, TimeProvider.System);
        var account = await Account.OpenAsync("aws", sandbox, Variables(("AWS_DEFAULT_REGION", "eu-west-1"), ("GITHUB_TOKEN", "token")), default);

        Assert.Equal(
            (true, "eu-west-1", ApprovalMode.Person, false, 1.0), (account.IsOpen, account.Region, account.Approval, account.OwnsStateBucket, account.PollingOptions.MarketSpeed));
        Assert.Equal(new PublicConnection("eu-central-1"), account.In("eu-central-1"));
        Assert.Empty(account.TerraformVariables);
        Assert.Null(account.EndpointOf("ECR"));
        Assert.Equal("token", account.GitHub.Token);
        Assert.NotNull(await account.ImageProblemAsync("sandbox/builtin", default));
        Assert.Null(await account.ImageProblemAsync("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.9", default));
    }

    [Theory]
    [InlineData("ECR", "http://127.0.0.1:5000")]
    [InlineData("STS", "http://127.0.0.1:4566")]
    public async Task Given_AnotherAddressOfAws_When_AServiceIsLookedUp_Then_ItsOwnVariableWins(string service, string endpoint)
    {
        using var sandbox = new SandboxProcess(_state.FullName, TimeProvider.System);
        var account = await Account.OpenAsync(
            "aws", sandbox, Variables(("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"), ("AWS_ENDPOINT_URL_ECR", "http://127.0.0.1:5000")), default);

        Assert.Equal(endpoint, account.EndpointOf(service));
    }

    [Fact]
    public async Task Given_ASandboxThatRestartedElsewhere_When_TheOpenedAccountIsUsed_Then_ItsAddressIsTheNewOne()
    {
        WriteEndpoint(_health.Url);
        using var sandbox = new SandboxProcess(_state.FullName, TimeProvider.System);
        var account = await Account.OpenAsync(PipelineOptions.DefaultEnvironment, sandbox, _ => null, default);
        Assert.Equal(new SandboxConnection("eu-west-1", new Uri(_health.Url)), account.In("eu-west-1"));

        WriteEndpoint("http://127.0.0.1:9/");

        Assert.Equal(new SandboxConnection("eu-west-1", new Uri("http://127.0.0.1:9/")), account.In("eu-west-1"));
        Assert.Equal("http://127.0.0.1:9", account.TerraformVariables["AWS_ENDPOINT_URL_S3"]);
        Assert.Equal(("http://127.0.0.1:9/", "sandbox/pipeline", 1), (account.GitHub.Address.ToString(), account.GitHub.Repository, account.GitHub.Issue));
        Assert.Equal((ApprovalMode.Automatic, true, 240.0), (account.Approval, account.OwnsStateBucket, account.PollingOptions.MarketSpeed));
    }

    [Theory]
    [InlineData("", "token", true)]
    [InlineData("", null, false)]
    [InlineData("/elsewhere", "token", false)]
    public async Task Given_ASessionInTheEnvironment_When_ItIsForTheSandbox_Then_ThePipelineActsAsIt(string path, string? token, bool isUsed)
    {
        WriteEndpoint(_health.Url);
        using var sandbox = new SandboxProcess(_state.FullName, TimeProvider.System);

        var account = await Account.OpenAsync(PipelineOptions.DefaultEnvironment, sandbox, Variables(
            ("AWS_ENDPOINT_URL", _health.Url.TrimEnd('/') + path), ("AWS_ACCESS_KEY_ID", "ASIA"), ("AWS_SECRET_ACCESS_KEY", "secret"), ("AWS_SESSION_TOKEN", token)), default);

        Assert.Equal((isUsed ? "ASIA" : "sandbox", !isUsed), ((await account.In("us-east-1").Credentials.GetCredentialsAsync()).AccessKey, account.OwnsStateBucket));
    }

    [Fact]
    public async Task Given_NoScheduleOfInterruptions_When_JobsAreSubmitted_Then_TheSandboxIsNotAsked()
    {
        WriteEndpoint(_health.Url);
        using var sandbox = new SandboxProcess(_state.FullName, TimeProvider.System);
        var account = await Account.OpenAsync(PipelineOptions.DefaultEnvironment, sandbox, _ => null, default);
        var requested = _health.Requests.Count;

        await using (await account.ScheduleInterruptionsAsync(null, default))
        {
            Assert.Equal(requested, _health.Requests.Count);
        }
    }

    [Fact]
    public void Given_ATargetThatWorksInNoAccount_When_AnyMemberOfItsAccountIsUsed_Then_ItThrowsAndNamesTheTarget()
    {
        var account = new ClosedAccount("Replay");
        Assert.False(account.IsOpen);

        var members = typeof(IAccount).GetMethods().Where(method => method.Name != $"get_{nameof(IAccount.IsOpen)}").ToList();

        Assert.NotEmpty(members);
        Assert.All(members, member =>
        {
            var failure = Assert.Throws<System.Reflection.TargetInvocationException>(() => member.Invoke(account, new object?[member.GetParameters().Length].Select((_, at) =>
                member.GetParameters()[at].ParameterType.IsValueType ? Activator.CreateInstance(member.GetParameters()[at].ParameterType) : null).ToArray()));
            Assert.Contains("Replay", Assert.IsType<InvalidOperationException>(failure.InnerException).Message, StringComparison.Ordinal);
        });
    }

    // As a sandbox writes it; the newest file says that this one is not outdated.
    private void WriteEndpoint(string url)
    {
        var file = Path.Combine(_state.FullName, "endpoint.json");
        File.WriteAllText(file, JsonSerializer.Serialize(new SandboxEndpoint(Environment.ProcessId, new Uri(url), "127.0.0.1:1", "000000000000", "us-east-1"), JsonSerializerOptions.Web));
        File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1));
    }

    private static Func<string, string?> Variables(params (string Name, string? Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;
}
