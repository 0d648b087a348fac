using BuildPipeline.Runs;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>What keeps Apply from starting terraform; there is none in these tests.</summary>
public sealed class ApplyTaskTests
{
    [Fact]
    public async Task Given_ARunWithoutApproval_When_Applied_Then_TerraformIsNotStarted()
    {
        using var flow = await FlowFixture.PricedAsync(null, "--target=Apply");

        Assert.Equal(ExitCode.NotApproved, await RefusedAsync(flow));
    }

    [Fact]
    public async Task Given_APlanThatWasReplacedAfterItsApproval_When_Applied_Then_TerraformIsNotStarted()
    {
        using var flow = await FlowFixture.PricedAsync(null, "--target=Apply");
        await flow.Approval.RunAsync(default);
        await File.WriteAllTextAsync(flow.Call.Session.PathOf(RunFiles.Plan), "another plan");

        Assert.Equal(ExitCode.NotApproved, await RefusedAsync(flow));
    }

    [Fact]
    public async Task Given_AnotherProcessThatTookOver_When_Applied_Then_TerraformIsNotStarted()
    {
        using var flow = await FlowFixture.PricedAsync(null, "--target=Apply");
        await flow.Approval.RunAsync(default);
        await flow.TakeOverAsync();

        Assert.Equal(ExitCode.StillRunning, await RefusedAsync(flow));
    }

    [Fact]
    public async Task Given_AnApplyThatDidNotFinish_When_AppliedAgain_Then_ItsPlanIsNotUsedTwice()
    {
        using var flow = await FlowFixture.PricedAsync(null, "--target=Apply");
        await flow.Approval.RunAsync(default);
        await flow.UpdateAsync(run => run with { ApplyStartedAt = flow.Time.GetUtcNow() });

        Assert.Equal(ExitCode.BadConfiguration, await RefusedAsync(flow));
    }

    private static async Task<ExitCode> RefusedAsync(FlowFixture flow)
    {
        var task = new ApplyTask(flow.Call, new EnvironmentFiles(flow.Call.Options, flow.Account), stack: null!, flow.Approval, flow.Lease, new LeftoverSearch(flow.Call.Session, flow.Clients));
        flow.Call.Session.Steps = [RunStep.Apply];
        using var signals = new ShutdownSignals();

        var refusal = await Assert.ThrowsAsync<PipelineException>(() => task.RunAsync(flow.Context(signals)));

        Assert.True(flow.Call.Run.Stage < RunStage.Applied);
        return refusal.ExitCode;
    }
}
