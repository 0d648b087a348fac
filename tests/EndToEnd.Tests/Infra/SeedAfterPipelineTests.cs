using BuildPipeline.EndToEnd.Tests.Pipeline;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>The seed's commands where the pipeline has run before: in its folder and in its account.</summary>
[Trait("Tier", "all")]
public sealed class SeedAfterPipelineTests : IAsyncLifetime
{
    private readonly Workplace _place = new();
    private readonly BuiltCheckout _checkout;

    public SeedAfterPipelineTests() => _checkout = new BuiltCheckout(_place);

    public Task InitializeAsync() => _place.HostSandboxAsync();

    public async Task DisposeAsync()
    {
        _checkout.Dispose();
        await _place.DisposeAsync();
    }

    [SkippableFact]
    public async Task Given_ARunOfThePipeline_When_TheSeedsCommandsRunInItsFolder_Then_TheyWorkAsAloneAndLeaveThePipelinesResources()
    {
        Skip.IfNot(
            await ExternalTool.WorksAsync("terraform", "version") && await ExternalTool.WorksAsync("aws", "--version"),
            "terraform or the aws command line is not installed, so the commands of the seed were not run.");
        var terraform = await _checkout.CreateAsync();
        var launched = await _checkout.RunAsync($"./build.sh --target=Launch --interruptions=0 {Workplace.Quick} --sandbox-state={_place.SandboxState}");
        Assert.True(launched.ExitCode == 0, launched.Output);

        var (exitCode, output) = await terraform.ScriptAsync(TerraformAloneTests.Script("seed.sh"));

        Assert.True(exitCode == 1, output);
        Assert.Contains("\"TrainingJobStatus\": \"Completed\"", output, StringComparison.Ordinal);
        Assert.Contains("BucketNotEmpty", output, StringComparison.Ordinal);
        Assert.StartsWith("finetune-sandbox-", Assert.Single(await _place.JobsAsync()), StringComparison.Ordinal);
        Assert.Contains((await _place.ResourcesAsync()).GetProperty("resources").EnumerateArray(), resource => resource.GetProperty("id").GetString() == "finetune-sandbox-execution");
    }
}
