using BuildPipeline.Accounts;
using BuildPipeline.Journal;
using BuildPipeline.Pipeline.Tests.Journal;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class RunHoldTests
{
    [Fact]
    public async Task Given_ADrivenRun_When_AnotherProcessContinuesIt_Then_ItIsToldWhoDrivesItAndMayLookAtIt()
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Launch", "--run=latest");
        await flow.HoldByOtherAsync();

        Assert.Equal(JournalErrors.InUse, (await Assert.ThrowsAsync<PipelineException>(() => flow.Initializer.OpenAsync(TargetRequirements.Find("Launch")!, default))).Code);
        await flow.Initializer.OpenAsync(TargetRequirements.Find("Plan")! with { Lease = LeaseRequirement.None }, default);
    }

    [Fact]
    public async Task Given_ARunOfAnotherJobThatIsDriven_When_ANewOneStarts_Then_ItIsNotHeldUp()
    {
        using var flow = await FlowFixture.StartedAsync();
        await flow.UpdateAsync(run => run with { JobFile = "other" });
        await flow.HoldByOtherAsync();
        var first = flow.Call.Run.RunId;

        await flow.Initializer.OpenAsync(TargetRequirements.Find("Launch")!, default);

        Assert.NotEqual(first, flow.Call.Run.RunId);
        Assert.Equal(1, await FenceAsync(flow));
    }

    [Fact]
    public async Task Given_ARunOfAnOlderVersion_When_ItIsContinued_Then_ItsFencingNumberIsHigherThanThatOfTheEnvironmentThen()
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Launch", "--run=latest");
        await flow.WriteEventAsync(fence: 41);

        await flow.Initializer.OpenAsync(TargetRequirements.Find("Launch")!, default);

        Assert.Equal(42, await FenceAsync(flow));
    }

    [Fact]
    public async Task Given_AnOlderVersionThatFollowsARun_When_ItIsContinued_Then_TheEnvironmentIsInUse()
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Launch", "--run=latest");
        using var older = await flow.HoldEnvironmentAsync("Launch");
        await flow.Hold.AcquireAsync(flow.Call.Run.RunId, isRequired: true, above: 0, default);
        await flow.Hold.ReleaseAsync();
        flow.State[$"runs/sandbox/{Lease.File}"] = flow.State[$"runs/sandbox/{Lease.File}"].Replace("lease/2", "lease/1", StringComparison.Ordinal);

        Assert.Equal(JournalErrors.InUse, (await Assert.ThrowsAsync<PipelineException>(() => flow.HoldAsync())).Code);
    }

    [Fact]
    public async Task Given_CredentialsThatMayNotWriteTheLease_When_ARunIsPlanned_Then_ThePlanDoesWithoutAndALaunchDoesNot()
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Plan", "--run=latest");
        flow.State.OnWrite = key => { if (key.EndsWith(Lease.File, StringComparison.Ordinal)) { throw ConditionalBucket.Error(System.Net.HttpStatusCode.Forbidden, "AccessDenied"); } };

        await flow.Initializer.OpenAsync(TargetRequirements.Find("Plan")!, default);
        await flow.Hold.ReleaseAsync();

        var refused = await Assert.ThrowsAsync<PipelineException>(() => flow.Initializer.OpenAsync(TargetRequirements.Find("Launch")!, default));
        Assert.Equal(AccountErrors.AccessDenied, refused.Code);
    }

    [Fact]
    public async Task Given_AnEnvironmentThatIsInUse_When_ItIsGivenBack_Then_TheOneThatWaitsGetsItsTurn()
    {
        using var flow = await FlowFixture.StartedAsync();
        using var other = await flow.HoldEnvironmentAsync("Apply");

        var waiting = flow.Turns.TakeAsync(withLease: true, default);
        Assert.False(waiting.IsCompleted);
        await other.ReleaseAsync();

        await using var turn = await flow.AdvanceUntilAsync(waiting, TimeSpan.FromSeconds(2));
        Assert.Contains("Apply", flow.Console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_AnEnvironmentThatStaysInUse_When_TheWaitIsOver_Then_TheHolderIsNamed()
    {
        using var flow = await FlowFixture.StartedAsync();
        using var other = await flow.HoldEnvironmentAsync("Apply");

        var waiting = flow.Turns.TakeAsync(withLease: true, default);

        Assert.Equal(JournalErrors.InUse, (await Assert.ThrowsAsync<PipelineException>(() => flow.AdvanceUntilAsync(waiting, Lease.Duration / 8))).Code);
    }

    [Fact]
    public async Task Given_AHolderThatWasKilled_When_ItsLeaseIsOver_Then_TheOneThatWaitsGetsItsTurn()
    {
        using var flow = await FlowFixture.StartedAsync();
        flow.State[$"runs/sandbox/{Lease.File}"] = """{"number":3,"owner":"o","target":"Apply","machine":"m","process":{"place":"p","id":1,"started_at":"2026-01-01T00:00:00Z"},"since":"2026-01-01T00:00:00Z","expires_at":"EXPIRY"}"""
            .Replace("EXPIRY", flow.Time.GetUtcNow().AddSeconds(90).ToString("O"), StringComparison.Ordinal);

        await using var turn = await flow.AdvanceUntilAsync(flow.Turns.TakeAsync(withLease: true, default), TimeSpan.FromSeconds(30));

        await turn.EnsureHeldAsync(default);
    }

    [Fact]
    public async Task Given_CleanupAtWork_When_ADriverOfARunIsAboutToSubmit_Then_ItStops()
    {
        using var flow = await FlowFixture.StartedAsync();
        await flow.HoldAsync();
        await flow.Hold.EnsureHeldAsync(default);
        using var cleanup = await flow.HoldEnvironmentAsync("Cleanup");

        Assert.Equal(JournalErrors.InUse, (await Assert.ThrowsAsync<PipelineException>(() => flow.Hold.EnsureHeldAsync(default))).Code);
    }

    [Fact]
    public async Task Given_DriversOfRuns_When_CleanupTakesTheEnvironment_Then_EachStops()
    {
        using var flow = await FlowFixture.StartedAsync();
        await flow.HoldAsync();

        await (await flow.TakeOver.TakeAsync(default)).DisposeAsync();

        Assert.Equal(JournalErrors.LeaseLost, (await Assert.ThrowsAsync<PipelineException>(() => flow.Hold.EnsureHeldAsync(default))).Code);
    }

    private static async Task<long?> FenceAsync(FlowFixture flow) => (await flow.LogAsync())[^1].Fence;
}
