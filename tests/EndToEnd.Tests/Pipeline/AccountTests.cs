namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>An environment that is no sandbox, without an account behind it.</summary>
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
        (await LaunchAsync(("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", ""))).With(2).Saying("credentials");

    [Fact]
    public async Task Given_AnUnreachableEndpoint_When_Launched_Then_ItIsNamed() =>
        (await LaunchAsync(("AWS_ACCESS_KEY_ID", "none"), ("AWS_SECRET_ACCESS_KEY", "none"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"))).With(1).Saying("127.0.0.1:9");

    private Task<Ended> LaunchAsync(params (string Name, string Value)[] account) => Workplace.EndAsync(_place.Start(
        ["--target=Launch", $"--environment={Name}"],
        new Dictionary<string, string>(account.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)))
        {
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["AWS_REGION"] = "us-east-1",
            ["AWS_PROFILE"] = "",
            ["AWS_SHARED_CREDENTIALS_FILE"] = _place.Write("credentials", ""),
            ["AWS_CONFIG_FILE"] = _place.Write("config", ""),
        }));
}
