using BuildPipeline.Jobs;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>Resume continues what is open, and starts nothing.</summary>
public sealed class ResumeTaskTests
{
    [Fact]
    public async Task Given_NoOpenRun_When_Resumed_Then_NothingIsPlannedOrSubmittedAndThatIsNoFailure()
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Resume");
        var known = flow.Store.All().Count();
        flow.Call.Session.Open(null!, null);

        await flow.Initializer.OpenAsync(TargetRequirements.Find("Resume")!, default);
        await flow.RunAsync(new ResumeTask(flow.Call, null!));

        Assert.Null(flow.Call.Session.Current);
        Assert.Equal((known, 0), (flow.Store.All().Count(), flow.Jobs.Created.Count));
    }

    [Fact]
    public async Task Given_ARunThatWasNotLaunched_When_Named_Then_NothingIsSubmitted()
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Resume", "--run=latest");

        var failure = await Assert.ThrowsAsync<PipelineException>(() => flow.Initializer.OpenAsync(TargetRequirements.Find("Resume")!, default));

        Assert.Equal((TrainingErrors.NoTrainingJob, 0), (failure.Code, flow.Jobs.Created.Count));
    }

    [Fact]
    public async Task Given_AnOpenRun_When_Resumed_Then_ItsJobIsFollowedToItsEndAndNoneIsSubmitted()
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Resume");
        await flow.Submission.RunAsync(default);
        flow.Jobs.Set(flow.Call.Run.CurrentAttempt!.JobName, "Stopped");
        var folder = $"{ArtifactPaths.Checkpoints(TestRuns.Job, flow.Call.Run.RunId).Key}step-00000040/";
        flow.Bucket.Put($"{folder}rank-0.bin", Manifests.Content(40, 0));
        flow.Bucket.Put($"{folder}rank-1.bin", Manifests.Content(40, 1));
        flow.Bucket.Put($"{folder}manifest.json", Manifests.Json(Manifests.Of(40)));

        await flow.Initializer.OpenAsync(TargetRequirements.Find("Resume")!, default);
        using var signals = new ShutdownSignals();
        var failure = await Assert.ThrowsAsync<PipelineException>(() => new ResumeTask(flow.Call, LaunchTaskTests.Launch(flow, signals)).RunAsync(flow.Context(signals)));

        Assert.Equal((TrainingErrors.Stopped, 1, OutcomeKind.Stopped), (failure.Code, flow.Jobs.Created.Count, flow.Call.Run.CurrentAttempt!.Outcome));
        Assert.Equal(1, RunFigures.Checkpoints(await flow.RecordedAsync()));
    }

    [Fact]
    public async Task Given_TwoOpenRuns_When_Resumed_Then_TheCommandOfEachIsGiven()
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Resume");
        await flow.Submission.RunAsync(default);
        var first = flow.Call.Run.RunId;
        var other = await flow.AddAsync(TestRuns.Run.Attempts);

        var failure = await Assert.ThrowsAsync<PipelineException>(() => flow.Initializer.OpenAsync(TargetRequirements.Find("Resume")!, default));

        Assert.Equal(RunErrors.SeveralOpen, failure.Code);
        Assert.All((string[])[first, other], id => Assert.Contains($"--target=Resume --run={id}", failure.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Launch")]
    [InlineData("Resume")]
    public async Task Given_AClosedRun_When_ContinuedByName_Then_ItsResultIsTheExitCodeAndNothingIsWritten(string target)
    {
        using var flow = await FlowFixture.AppliedAsync(null, $"--target={target}", "--run=latest");
        await flow.Submission.RunAsync(default);
        await flow.UpdateAsync(run => run with { ExitCode = ExitCode.StoppedShort, ClosedAt = flow.Time.GetUtcNow() });
        var events = await flow.EventsAsync();

        var failure = await Assert.ThrowsAsync<PipelineException>(() => flow.Initializer.OpenAsync(TargetRequirements.Find(target)!, default));

        Assert.Equal((RunErrors.Finished.Id, ExitCode.StoppedShort), (failure.Code.Id, failure.ExitCode));
        Assert.Equal(events, await flow.EventsAsync());
    }
}
