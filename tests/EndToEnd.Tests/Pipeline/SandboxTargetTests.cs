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
        while (!File.Exists(endpoint))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
        }

        using var sandbox = Process.GetProcessById(_place.Sandbox().Pid);
        using var kill = Process.Start("kill", ["-TERM", $"{target.Id}"]);

        (await Workplace.EndAsync(target)).With(0).Saying("SIGTERM");
        await sandbox.WaitForExitAsync(limit.Token);
        Assert.False(File.Exists(endpoint));
    }

    [TerraformFact]
    public async Task Given_AStateFolderThatCannotBeCreated_When_TheSandboxIsNeeded_Then_TheOptionForAnotherIsNamed()
    {
        _place.Write("sandbox", "a file where the folder should be");

        (await _place.BuildAsync("--target=Plan")).With(2).Saying("--sandbox-state");
        (await _place.BuildAsync("--target=Sandbox")).With(2, "BP1008").Saying("--sandbox-state");
    }
}
