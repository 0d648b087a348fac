using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>An environment that is not a sandbox, without an account behind it.</summary>
public sealed class AccountTests : IAsyncLifetime
{
    private const string Name = "end-to-end-test";

    private readonly Workplace _place = new();

    private static string Environments => Path.Combine(Workplace.Root, "infra", "environments");

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(Environments, $"{Name}.tfvars"), "environment = \"test\"\n");
        await File.WriteAllTextAsync(Path.Combine(Environments, $"{Name}.s3.tfbackend"), "bucket = \"none\"\nkey = \"none\"\nregion = \"us-east-1\"\n");
    }

    public async Task DisposeAsync()
    {
        File.Delete(Path.Combine(Environments, $"{Name}.tfvars"));
        File.Delete(Path.Combine(Environments, $"{Name}.s3.tfbackend"));
        await _place.DisposeAsync();
    }

    [Fact]
    public async Task Given_NoCredentials_When_Launched_Then_ItSaysHowToGetThem() =>
        (await LaunchAsync(("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", ""))).ShouldExitWith(2).ShouldContain("credentials");

    [Fact]
    public async Task Given_AnUnreachableEndpoint_When_Launched_Then_ItIsNamed() =>
        (await LaunchAsync(("AWS_ACCESS_KEY_ID", "none"), ("AWS_SECRET_ACCESS_KEY", "none"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"))).ShouldExitWith(1, "BP1405").ShouldContain("127.0.0.1:9");

    [Theory]
    [InlineData("Plan")]
    [InlineData("Cleanup")]
    public async Task Given_AnUnknownProfile_When_Called_Then_ItIsNamed(string target) =>
        (await Workplace.EndAsync(Start($"--target={target}", ("AWS_PROFILE", "no-such-profile")))).ShouldExitWith(2).ShouldContain("no-such-profile");

    [Fact]
    public async Task Given_AnEndpointThatNeverAnswers_When_Interrupted_Then_ItHasSaidWhatItWaitsForAndEndsAtOnce()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var process = Start(
            "--target=Plan", ("AWS_ACCESS_KEY_ID", "none"), ("AWS_SECRET_ACCESS_KEY", "none"), ("AWS_ENDPOINT_URL", $"http://{silent.LocalEndpoint}"));
        using var connection = await silent.AcceptTcpClientAsync();

        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        (await Workplace.EndAsync(process)).ShouldExitWith(1).ShouldContain("run logs", "SIGTERM", "--target=Plan");
    }

    private Task<Result> LaunchAsync(params (string Name, string Value)[] account) => Workplace.EndAsync(Start("--target=Launch", account));

    private Process Start(string target, params (string Name, string Value)[] account)
    {
        var environment = new Dictionary<string, string>
        {
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["AWS_REGION"] = "us-east-1",
            ["AWS_PROFILE"] = "",
            ["AWS_SHARED_CREDENTIALS_FILE"] = _place.Write("credentials", ""),
            ["AWS_CONFIG_FILE"] = _place.Write("config", ""),
        };
        foreach (var (name, value) in account)
        {
            environment[name] = value;
        }

        return _place.Start([target, $"--environment={Name}"], environment);
    }
}
