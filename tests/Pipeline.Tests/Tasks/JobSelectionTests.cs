using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Journal;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;
using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class JobSelectionTests
{
    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "b", false)]
    [InlineData(null, "b", false)]
    [InlineData("a", null, false)]
    [InlineData(null, null, true)]
    public async Task Given_AnOpenRun_When_AJobIsLaunched_Then_TheRunIsContinuedIfItIsOfThatJob(string? launched, string? open, bool continues)
    {
        using var flow = await OpenAsync(["--target=Launch", .. launched is null ? [] : new[] { $"--job={launched}" }], open);
        var first = flow.Call.Run.RunId;

        await flow.Initializer.OpenAsync(TargetRequirements.Find("Launch")!, default);

        Assert.Equal((continues, launched), (flow.Call.Run.RunId == first, flow.Call.Run.JobFile));
    }

    [Theory]
    [InlineData("--target=Status", true)]
    [InlineData("--target=Stop", true)]
    [InlineData("--target=Status", false)]
    public async Task Given_OpenRunsOfTwoJobs_When_ATargetTakesTheOpenRun_Then_TheJobChooses(string target, bool isNamed)
    {
        using var flow = await OpenAsync([target, .. isNamed ? new[] { "--job=a" } : []], "a");
        await flow.OtherRunAsync(run => run with { JobFile = "b", Attempts = [TestRuns.Intent], Stage = RunStage.Launched, Job = TestRuns.Job });
        var first = flow.Call.Run.RunId;

        var error = await Record.ExceptionAsync(() => flow.Initializer.OpenAsync(TargetRequirements.Find(flow.Call.Options.Target)!, default));

        Assert.Equal(isNamed ? null : RunErrors.SeveralOpen, (error as PipelineException)?.Code);
        Assert.Equal(first, flow.Call.Run.RunId);
    }

    [Fact]
    public async Task Given_ARunOfAnotherJob_When_BothAreNamed_Then_ItIsRefused()
    {
        using var flow = await OpenAsync(["--target=Launch", "--job=a", "--run=latest"], "b");

        Assert.Equal(RunErrors.OtherJob, (await Assert.ThrowsAsync<PipelineException>(() => flow.Initializer.OpenAsync(TargetRequirements.Find("Launch")!, default))).Code);
    }

    [Fact]
    public async Task Given_AJobWithoutAFile_When_Launched_Then_TheOnesThatHaveOneAreListedAndNoRunStarts()
    {
        using var flow = await OpenAsync(["--target=Launch", "--job=c"], null);
        var runs = flow.Store.All().Count();

        var missing = await Assert.ThrowsAsync<PipelineException>(() => flow.Initializer.OpenAsync(TargetRequirements.Find("Launch")!, default));

        Assert.Equal(TerraformErrors.JobFileMissing, missing.Code);
        Assert.Contains("a, b", missing.Message, StringComparison.Ordinal);
        Assert.Equal(runs, flow.Store.All().Count());
    }

    [Fact]
    public async Task Given_ALaunchThatHasSubmittedNothingYet_When_TheSameJobIsLaunchedElsewhere_Then_ThatOneWaits()
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Launch");
        await flow.OtherRunAsync(run => run, isDriven: true);

        Assert.Equal(JournalErrors.InUse, (await Assert.ThrowsAsync<PipelineException>(() => flow.Initializer.OpenAsync(TargetRequirements.Find("Launch")!, default))).Code);
    }

    [Fact]
    public async Task Given_ALaunchThatFindsNoRun_When_TheSameJobIsLaunchedElsewhereBeforeItsRunBegins_Then_ItStartsNone()
    {
        using var flow = await OpenAsync(["--target=Launch"], "b");
        flow.State.OnWrite = _ =>
        {
            flow.State.OnWrite = _ => { };
            flow.OtherRunAsync(run => run, isDriven: true).GetAwaiter().GetResult();
        };

        Assert.Equal(JournalErrors.InUse, (await Assert.ThrowsAsync<PipelineException>(() => flow.Initializer.OpenAsync(TargetRequirements.Find("Launch")!, default))).Code);
        Assert.Equal(2, flow.Store.All().Count());
    }

    [Fact]
    public async Task Given_TheFilesOfAJob_When_TerraformRuns_Then_ItsFileIsReadAfterTheEnvironments()
    {
        using var flow = await OpenAsync(["--target=Launch", "--job=a"], "b");

        // A run keeps its job, whatever the call names.
        Assert.Equal(["sandbox.tfvars", "b.tfvars"], flow.Files.Terraform.VariableFiles.Select(Path.GetFileName));
        Assert.Contains("jobs/b.tfvars", ConfigurationFiles.Read(flow.Call.Options.RepositoryRoot, "sandbox", "b", [], []).Files.Keys);
    }

    private static async Task<FlowFixture> OpenAsync(string[] arguments, string? job)
    {
        var flow = await FlowFixture.StartedAsync(null, arguments);
        flow.Write("infra/jobs/a.tfvars", "");
        flow.Write("infra/jobs/b.tfvars", "");
        await flow.UpdateAsync(run => run with { JobFile = job, Attempts = [TestRuns.Intent], Stage = RunStage.Launched, Job = TestRuns.Job });
        return flow;
    }
}
