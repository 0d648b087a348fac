using BuildPipeline.Jobs;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>A job that Terraform alone submitted becomes a run that may only be observed.</summary>
public sealed class JobAdoptionTests
{
    private const string Folder = "0123456789abcdef";
    private const string Name = "finetune-sandbox-" + Folder;

    [Fact]
    public async Task Given_AJobOfTerraform_When_ItsStatusIsAskedTwice_Then_ItIsTheSameRunAndNothingIsRecorded()
    {
        using var flow = await WithJobAsync("InProgress", "--target=Status", $"--adopt={Name}");
        var before = await flow.EventsAsync();

        await flow.Initializer.OpenAsync(TargetRequirements.Find("Status")!, default);
        var run = flow.Call.Run;
        await flow.Initializer.OpenAsync(TargetRequirements.Find("Status")!, default);

        Assert.Equal((run.RunId, RunState.Launched, Folder, true), (flow.Call.Run.RunId, run.State, run.ArtifactFolder, RunStore.IsRunId(run.RunId)));
        Assert.Equal((null, new Usd(2.816m)), (run.Adopted!.Ceiling, run.Adopted.RatePerHour));
        Assert.False(flow.Store.Has(run.RunId));
        Assert.NotEmpty(before);
        Assert.NotNull(await flow.Launcher.FindSubmittedAsync(run, default));
    }

    [Fact]
    public async Task Given_AnEndedJobOfTerraform_When_Validated_Then_TheLogBeginsWithItsAdoptionAndNoLaunchContinuesIt()
    {
        using var flow = await WithJobAsync("Completed", "--target=Validate", $"--adopt={Name}");

        await flow.Initializer.OpenAsync(TargetRequirements.Find("Validate")!, default);

        Assert.Equal(["run.adopted"], await flow.EventsAsync());
        Assert.Equal((RunState.Trained, Name, true), (flow.Call.Run.State, flow.Call.Run.CurrentAttempt!.JobName, flow.Call.Run.CurrentAttempt.Adopted));
        Assert.DoesNotContain(await flow.Finder.OpenAsync(needsLog: true, default), run => run.Adopted is not null);
        await flow.Hold.ReleaseAsync();
        await flow.Initializer.OpenAsync(TargetRequirements.Find("Validate")!, default);
        Assert.Equal(["run.adopted", "run.continued"], await flow.EventsAsync());
    }

    [Fact]
    public async Task Given_ARunningJobOfTerraform_When_Validated_Then_TheCommandIsToBeGivenAgain()
    {
        using var flow = await WithJobAsync("InProgress", "--target=Validate", $"--adopt={Name}");

        Assert.Equal(TrainingErrors.EndNotRecorded, await FailAsync(flow, "Validate"));
    }

    [Theory]
    [InlineData("environment", "other")]
    [InlineData(JobNames.RunIdTag, "20260131-120000-1a2b")]
    [InlineData("team", null)]
    public async Task Given_AJobOfAnotherEnvironmentOrRunOrOrigin_When_Adopted_Then_ItIsRefused(string tag, string? value)
    {
        using var flow = await WithJobAsync("Completed", "--target=Validate", $"--adopt={Name}");
        var tags = new Dictionary<string, string> { ["team"] = "research", ["environment"] = "sandbox" };
        tags[tag] = value ?? "";
        flow.Jobs.Add(Name, "Completed", [.. tags.Where(pair => pair.Value.Length > 0).Select(pair => (pair.Key, pair.Value))]);

        Assert.Equal(TrainingErrors.NotAdoptable, await FailAsync(flow, "Validate"));
    }

    [Fact]
    public async Task Given_NoSuchJob_When_Adopted_Then_ItIsRefused()
    {
        using var flow = await WithJobAsync("Completed", "--target=Status", "--adopt=no-such-job");

        Assert.Equal(TrainingErrors.NotAdoptable, await FailAsync(flow, "Status"));
    }

    [Fact]
    public async Task Given_AJobOfARunOfThisPipeline_When_Adopted_Then_ItIsRefused()
    {
        using var flow = await WithJobAsync("Completed", "--target=Status", $"--adopt={Name}");
        await flow.UpdateAsync(run => run with { Attempts = [TestRuns.Intent with { JobName = Name }], Stage = RunStage.Launched });

        Assert.Equal(TrainingErrors.NotAdoptable, await FailAsync(flow, "Status"));
    }

    [Fact]
    public async Task Given_ALaterAttemptOfTerraform_When_Adopted_Then_TheEarlierOnesBelongToTheRun()
    {
        using var flow = await WithJobAsync("Failed", "--target=Status", $"--adopt={Name}-a3");
        flow.Jobs.Add($"{Name}-a3", "Completed", ("team", "research"), ("environment", "sandbox"));

        await flow.Initializer.OpenAsync(TargetRequirements.Find("Status")!, default);

        Assert.Equal([(1, Name), (3, $"{Name}-a3")], flow.Call.Run.Attempts.Select(attempt => (attempt.Number, attempt.JobName)));
        Assert.Equal(RunState.Trained, flow.Call.Run.State);
    }

    private static async Task<FlowFixture> WithJobAsync(string status, params string[] arguments)
    {
        var flow = await FlowFixture.StartedAsync(null, arguments);
        flow.Jobs.OnDescribed = job => AdoptableJobTests.Complete(job, Folder);
        flow.Jobs.Add(Name, status, ("team", "research"), ("environment", "sandbox"));
        return flow;
    }

    private static async Task<ErrorCode> FailAsync(FlowFixture flow, string target) =>
        (await Assert.ThrowsAsync<PipelineException>(() => flow.Initializer.OpenAsync(TargetRequirements.Find(target)!, default))).Code;
}
