using System.Net;
using System.Text.Json.Nodes;
using BuildPipeline.Accounts;
using BuildPipeline.Journal;
using BuildPipeline.Pipeline.Tests.Journal;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>What the end of a target does to a run.</summary>
public sealed class RunClosingTests
{
    [Fact]
    public async Task Given_ARunWhoseProcessDiedAfterItClosedIt_When_ATargetMeetsIt_Then_ItsIndexAndLeaseAreCompletedOnce()
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Resume");
        var folder = $"runs/sandbox/{flow.Call.Run.RunId}";
        await flow.Hold.AcquireAsync(flow.Call.Run.RunId, isRequired: true, above: 0, default);
        await flow.UpdateAsync(run => run with { ClosedAt = flow.Time.GetUtcNow() });
        var written = new List<string>();
        flow.State.OnWrite = written.Add;
        var closing = new RunClosing(flow.Call, flow.Budget, flow.Receipt(), flow.Tracking, null!, flow.Hold, flow.History);

        await closing.CloseAsync(ExitCode.Done, null, default);
        await closing.CloseAsync(ExitCode.Done, null, default);

        Assert.Equal(["runs/sandbox/history/2026-01.json", $"{folder}/{Lease.File}"], written);
        Assert.Equal(flow.Call.Run.RunId, (string?)JsonNode.Parse(flow.State[written[0]])!["runs"]![0]!["run_id"]);
        Assert.True((bool?)JsonNode.Parse(flow.State[written[1]])!["released"]);
    }

    [Fact]
    public async Task Given_ALogThatCannotBeWritten_When_ARunStarts_Then_TheTargetHasThatErrorAndNothingToClose()
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Launch");
        flow.State.OnWrite = key => { if (key.Contains("/events/", StringComparison.Ordinal)) { throw ConditionalBucket.Error(HttpStatusCode.Forbidden, "AccessDenied"); } };
        var error = await Assert.ThrowsAsync<PipelineException>(() => flow.Initializer.OpenAsync(TargetRequirements.Find("Launch")!, default));
        var closing = new RunClosing(flow.Call, flow.Budget, null!, flow.Tracking, null!, flow.Hold, flow.History);

        await closing.CloseAsync(ExitCode.Failed, error, default);

        Assert.Equal(AccountErrors.AccessDenied, error.Code);
    }
}
