using System.Diagnostics;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

public sealed class SandboxTargetTests : IAsyncLifetime
{
    private readonly Workplace _place = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [TerraformFact(needsBash: true)]
    public async Task Given_ASandboxInTheForeground_When_Terminated_Then_ItEndsInOrder()
    {
        var target = _place.Start("--target=Sandbox");
        var endpoint = Path.Combine(_place.SandboxState, "endpoint.json");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Eventually.HoldsAsync(() => Task.FromResult(File.Exists(endpoint)));
        using var sandbox = Process.GetProcessById(_place.Sandbox().Pid);
        using var kill = Process.Start("kill", ["-TERM", $"{target.Id}"]);

        (await Workplace.EndAsync(target)).ShouldExitWith(0).ShouldContain("SIGTERM");
        await sandbox.WaitForExitAsync(limit.Token);
        Assert.False(File.Exists(endpoint));
    }

    [TerraformFact]
    public async Task Given_AStateFolderThatCannotBeCreated_When_TheSandboxIsNeeded_Then_TheOptionForAnotherIsNamed()
    {
        _place.Write("sandbox", "a file where the folder should be");

        (await _place.BuildAsync("--target=Plan")).ShouldExitWith(2).ShouldContain("--sandbox-state");
        (await _place.BuildAsync("--target=Sandbox")).ShouldExitWith(2, "BP1008").ShouldContain("--sandbox-state");
    }

    [TerraformFact]
    public async Task Given_TheSandbox_When_DoctorRuns_Then_ItIsReadyAndWhatIsWrongIsNamedWithoutAChange()
    {
        (await _place.BuildAsync("--target=Doctor")).ShouldExitWith(0).ShouldContain("✓ image", "✓ quotas", "✓ data", "✓ github");

        (await _place.BuildAsync(
            "--target=Doctor", "--var=instance_type=ml.g5.xlargee", "--var=team=vision", "--var=teams={research={usd_per_month=5}}",
            "--var=training_image_uri=sandbox/none", "--var=training_data_uri=s3://none/x", "--var=allowed_account_ids=[\"111122223333\"]"))
            .ShouldExitWith(2, "BP2201").ShouldContain("BP1221", "BP2208", "BP1503", "BP1551", "BP2204");
        (await _place.BuildAsync("--target=Doctor", "--environment=nowhere")).ShouldExitWith(2, "BP2201").ShouldContain("BP1101");

        Assert.False(Directory.Exists(Path.Combine(_place.ArtifactsFolder, "runs")));
        Assert.Empty((await _place.ResourcesAsync()).GetProperty("resources").EnumerateArray());
    }
}
