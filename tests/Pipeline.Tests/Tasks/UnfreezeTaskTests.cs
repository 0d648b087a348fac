using BuildPipeline.Freezes;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>Unfreeze: what was frozen, and what is frozen still.</summary>
public sealed class UnfreezeTaskTests
{
    [Theory]
    [InlineData(null, new[] { "research" }, "was not frozen", "Still frozen: Team research in", "--team=research --why=TEXT")]
    [InlineData("vision", new string[0], "was not frozen", "Nothing is frozen")]
    [InlineData("research", new[] { "research" }, "Released: Team research", "--target=Resume", "Nothing is frozen")]
    public async Task Given_Freezes_When_OneIsReleased_Then_TheReportSaysWhetherItHeldAndWhatHoldsStill(string? team, string[] frozen, params string[] said)
    {
        using var flow = await FlowFixture.StartedAsync(null, ["--target=Unfreeze", "--why=reviewed", .. team is null ? [] : new[] { $"--team={team}" }]);
        foreach (var name in frozen)
        {
            await flow.FreezeAsync(name);
        }

        await flow.RunAsync(new UnfreezeTask(flow.Call, flow.Files, new FreezeSwitch(flow.Freezes, new LaunchRoleDeny(flow.Clients), flow.Clients), flow.Freezes));

        var shown = flow.Console.Output.ReplaceLineEndings(" ");
        Assert.All(said, text => Assert.Contains(text, shown, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_AnEnvironmentThatIsFrozenToo_When_ATeamIsReleased_Then_NoCommandContinuesItsRuns()
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Unfreeze", "--why=reviewed", "--team=research");
        await flow.FreezeAsync("research");
        await flow.FreezeAsync();

        await flow.RunAsync(new UnfreezeTask(flow.Call, flow.Files, new FreezeSwitch(flow.Freezes, new LaunchRoleDeny(flow.Clients), flow.Clients), flow.Freezes));

        Assert.Contains("Still frozen: Environment", flow.Console.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("--target=Resume", flow.Console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_TheFreezeRole_When_ItReleases_Then_TheRunsContinueAsTheLaunchRole()
    {
        const string Role = "--assume-role=arn:aws:iam::123456789012:role/finetune-dev-";
        using var flow = await FlowFixture.StartedAsync(null, "--target=Unfreeze", "--why=reviewed", $"{Role}freeze");
        await flow.FreezeAsync();

        await flow.RunAsync(new UnfreezeTask(flow.Call, flow.Files, new FreezeSwitch(flow.Freezes, new LaunchRoleDeny(flow.Clients), flow.Clients), flow.Freezes));

        Assert.Contains($"{Role}launch", flow.Console.Output.ReplaceLineEndings(""), StringComparison.Ordinal);
    }
}
