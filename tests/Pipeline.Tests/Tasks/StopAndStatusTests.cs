using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>The targets that work beside another process: they look, and stop only what they are told to.</summary>
public sealed class StopAndStatusTests
{
    [Theory]
    [InlineData("InProgress", 1)]
    [InlineData("Completed", 0)]
    public async Task Given_AJob_When_Stopped_Then_TheServiceIsAskedOnlyWhileItRuns(string status, int requested)
    {
        using var flow = await LaunchedAsync("--target=Stop");
        flow.Jobs.Set(flow.Call.Run.CurrentAttempt!.JobName, status);
        using var signals = new ShutdownSignals();

        await new StopTask(flow.Call, finder: null!, applied: null!, flow.Stopper, environment: null!).RunAsync(flow.Context(signals));

        Assert.Equal(requested, flow.Jobs.Stopped.Count);
        Assert.Null(flow.Call.Run.CurrentAttempt.Outcome);
    }

    [Fact]
    public async Task Given_ARunWithoutAJob_When_Stopped_Then_ItIsAnErrorAndTheServiceIsNotAsked()
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Stop");
        using var signals = new ShutdownSignals();

        var failure = await Assert.ThrowsAsync<PipelineException>(
            () => new StopTask(flow.Call, finder: null!, applied: null!, flow.Stopper, environment: null!).RunAsync(flow.Context(signals)));

        Assert.Equal(ExitCode.BadConfiguration, failure.ExitCode);
        Assert.Empty(flow.Clients.SageMaker.ReceivedCalls());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_ARunningJob_When_ItsStatusIsShown_Then_TheRecordStaysAndOfflineNothingIsAsked(bool offline)
    {
        string[] arguments = offline ? ["--target=Status", "--offline"] : ["--target=Status"];
        using var flow = await LaunchedAsync(arguments);
        var before = (await flow.RecordedAsync()).LastEvent;
        flow.Clients.SageMaker.ClearReceivedCalls();
        using var signals = new ShutdownSignals();

        await flow.Status.RunAsync(flow.Context(signals));

        Assert.Equal(offline, !flow.Clients.SageMaker.ReceivedCalls().Any());
        Assert.Equal(before, (await flow.RecordedAsync()).LastEvent);
        Assert.Contains(flow.Call.Run.CurrentAttempt!.JobName, flow.Console.Output.ReplaceLineEndings(""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "memory 30%")]
    [InlineData(false, "could not be read (AccessDenied)")]
    public async Task Given_ARunningJob_When_ItsStatusIsShown_Then_TheUseOfItsNodesIsThereOrWhyNot(bool isAllowed, string shown)
    {
        using var flow = await LaunchedAsync("--target=Status");
        flow.Clients.CloudWatch.GetMetricDataAsync(default!, default).ReturnsForAnyArgs(_ => isAllowed
            ? new GetMetricDataResponse { MetricDataResults = [new MetricDataResult { Id = "m0_2", Values = [30] }] }
            : throw new AmazonCloudWatchException("Denied", null, Amazon.Runtime.ErrorType.Sender, "AccessDenied", "request", System.Net.HttpStatusCode.Forbidden));
        using var signals = new ShutdownSignals();

        await flow.Status.RunAsync(flow.Context(signals));

        Assert.Contains(shown, flow.Console.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("research", true)]
    [InlineData(null, false, "--offline")]
    public async Task Given_NoRun_When_TheStatusIsAskedFor_Then_FreezesAreShownUnlessItIsOffline(string? team, bool isShown, params string[] options)
    {
        using var flow = FlowFixture.WithoutRun(["--target=Status", .. options]);
        await flow.FreezeAsync(team);

        var refusal = await Assert.ThrowsAsync<PipelineException>(() => flow.Initializer.OpenAsync(TargetRequirements.Find("Status")!, default));

        Assert.Equal((RunErrors.NoRun, isShown), (refusal.Code, flow.Console.Output.Contains("cost spike", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("BP1113", false)]
    [InlineData("BP1305", false)]
    [InlineData("BP1306", false)]
    [InlineData("BP1307", false)]
    [InlineData("BP1317", false)]
    [InlineData("BP1302", true)]
    [InlineData("BP1405", true)]
    public async Task Given_ARunThatFailed_When_ItsStatusIsShown_Then_TheCommandContinuesItUnlessItsPlanIsSpent(string error, bool continuesTheRun)
    {
        using var flow = await FlowFixture.PricedAsync(null, "--target=Status", "--offline");
        await flow.UpdateAsync(run => run with { ErrorId = error, Error = "why" });

        Assert.Equal(continuesTheRun, await ContinuesAsync(flow));
    }

    [Fact]
    public async Task Given_AnApplyThatWasKilled_When_ItsStatusIsShown_Then_TheCommandContinuesTheRun()
    {
        using var flow = await FlowFixture.PricedAsync(null, "--target=Status", "--offline");
        await flow.UpdateAsync(run => run with { ApplyStartedAt = flow.Time.GetUtcNow() });

        Assert.True(await ContinuesAsync(flow));
    }

    [Theory]
    [InlineData("Stopped", "stopped, not closed")]
    [InlineData("InProgress", "launched")]
    public async Task Given_AJobThatIsFurtherThanItsRecord_When_ItsStatusIsShown_Then_OnlyTheStateThatTheServiceShowsIs(string status, string state)
    {
        using var flow = await LaunchedAsync("--target=Status");
        flow.Jobs.Set(flow.Call.Run.CurrentAttempt!.JobName, status);
        using var signals = new ShutdownSignals();

        await flow.Initializer.OpenAsync(TargetRequirements.Find("Status")!, default);
        await flow.Status.RunAsync(flow.Context(signals));

        string[] states = [.. Enum.GetValues<RunState>().Select(known => known.InWords()), "stopped, not closed"];
        Assert.Equal(state, Assert.Single(flow.Console.Lines, line => states.Any(line.TrimEnd().EndsWith)).Split(' ', 2)[1].Trim());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_ANewerRunOfAnotherEnvironment_When_ARunIsChosen_Then_ItIsOneOfThisEnvironment(bool isNamedLatest)
    {
        string[] arguments = isNamedLatest ? ["--target=Status", "--offline", "--run=latest"] : ["--target=Status", "--offline"];
        using var flow = await FlowFixture.StartedAsync(null, arguments);
        var own = flow.Call.Run.RunId;
        flow.Time.Advance(TimeSpan.FromHours(1));
        var other = flow.Store.Create("another", null);
        flow.Store.SetLatest(other.RunId);

        await flow.Initializer.OpenAsync(TargetRequirements.Find("Status")!, default);

        Assert.Equal(own, flow.Call.Run.RunId);
        Assert.Equal(other.RunId, (await File.ReadAllTextAsync(flow.Store.PathOf("", RunStore.Newest))).Trim());
    }

    private static async Task<bool> ContinuesAsync(FlowFixture flow)
    {
        using var signals = new ShutdownSignals();
        await flow.Status.RunAsync(flow.Context(signals));
        var shown = flow.Console.Output.ReplaceLineEndings("");
        Assert.Contains("--target=Launch", shown, StringComparison.Ordinal);
        return shown.Contains($"--run={flow.Call.Run.RunId}", StringComparison.Ordinal);
    }

    private static async Task<FlowFixture> LaunchedAsync(params string[] arguments)
    {
        var flow = await FlowFixture.AppliedAsync(null, arguments);
        await flow.Submission.RunAsync(default);
        return flow;
    }
}
