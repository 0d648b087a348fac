using System.Net;
using BuildPipeline.Freezes;
using BuildPipeline.Pipeline.Tests.Journal;
using BuildPipeline.Pipeline.Tests.Tasks;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Sweeps;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Sweeps;

/// <summary>What a sweep needs before a variant is planned.</summary>
public sealed class SweepOpeningTests
{
    [Theory]
    [InlineData("Launch", false)]
    [InlineData("Launch", true)]
    [InlineData("CostGate", false)]
    [InlineData("Resume", true)]
    public async Task Given_AFrozenEnvironment_When_ASweepIsOpened_Then_OnlyALaunchOfOneThatIsNotApprovedIsRefused(string target, bool isApproved)
    {
        var sweep = isApproved ? Samples.Approved(2) : Samples.Sweep(2);
        using var flow = await FlowFixture.StartedAsync(null, $"--target={target}", $"--run={sweep.SweepId}");
        Assert.True(await flow.Sweeps.TryCreateAsync(sweep, default));
        await flow.FreezeAsync();
        var opening = new SweepOpening(flow.Call, flow.Files, flow.Turns, flow.Sweeps, flow.Gate);

        var refused = await Record.ExceptionAsync(() => opening.OpenAsync(default)) as PipelineException;

        Assert.Equal(target == "Launch" && !isApproved ? FreezeErrors.Frozen : null, refused?.Code);
    }

    [Fact]
    public async Task Given_CredentialsThatMayOnlyRead_When_ASweepIsPriced_Then_ItIsRefusedByName()
    {
        using var folder = new TempFolder();
        folder.Write("sweep.json", "{\"variants\": [{\"region\": \"us-east-1\"}]}");
        using var flow = await FlowFixture.StartedAsync(null, "--target=CostGate", $"--sweep={Path.Combine(folder.Root, "sweep.json")}");
        flow.State.OnWrite = _ => throw ConditionalBucket.Error(HttpStatusCode.Forbidden, "AccessDenied");
        var opening = new SweepOpening(flow.Call, flow.Files, flow.Turns, flow.Sweeps, flow.Gate);

        var refused = await Assert.ThrowsAsync<PipelineException>(() => opening.OpenAsync(default));

        Assert.Equal(SweepErrors.NotRecorded, refused.Code);
    }
}
