using Amazon.SageMaker.Model;
using BuildPipeline.Pipeline.Tests.Journal;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>Stop --all: every job of the environment, and of one team where it is named, whoever submitted it.</summary>
public sealed class EnvironmentStopTests
{
    private const string OfRun = "demo-sandbox-20260102-030405-ab12";
    private const string OfLaterJob = "demo-sandbox-20260103-030405-cd34-a2";
    private const string OfTerraform = "demo-sandbox-0123456789abcdef";
    private const string ByHand = "demo-sandbox-sweep";

    private static readonly (string Key, string Value)[] Research = [("environment", "sandbox"), ("team", "research")];
    private static readonly (string Key, string Value)[] Vision = [("environment", "sandbox"), ("team", "vision")];

    // What is running besides, and must keep running.
    private static readonly string[] Others = ["demo-sandbox-eu-20260102-030405-ab12", "demo-sandbox-eu-0123456789abcdef", "demo-sandbox-other", "other-20260103-030405-cd34"];

    [Theory]
    [InlineData(new string[0], new[] { OfTerraform, OfRun, OfLaterJob, ByHand })]
    [InlineData(new[] { "--team=vision" }, new[] { OfTerraform, ByHand })]
    [InlineData(new[] { "--team=speech" }, new string[0])]
    public async Task Given_JobsOfRunsOfTerraformAndOfOthers_When_AllAreStopped_Then_ExactlyThoseOfTheEnvironmentAndTeamAre(string[] options, string[] expected)
    {
        using var flow = await StartedAsync(options);

        await flow.EnvironmentStop.RunAsync(default);
        Assert.Equal(expected, flow.Jobs.Stopped);
        await flow.EnvironmentStop.RunAsync(default);
        Assert.Equal(expected, flow.Jobs.Stopped);
    }

    [Fact]
    public async Task Given_NothingApplied_When_AllAreStopped_Then_TheNamesFollowFromTheFiles()
    {
        using var flow = await StartedAsync();
        flow.State.Remove("terraform.tfstate");
        flow.Write("infra/environments/sandbox.tfvars", "region = \"us-east-1\"\nname_prefix = \"demo\"");

        await flow.EnvironmentStop.RunAsync(default);

        Assert.Equal(4, flow.Jobs.Stopped.Count);
    }

    [Fact]
    public async Task Given_NeitherStateNorFiles_When_AllAreStopped_Then_ItDoesNotClaimThatNoneRuns()
    {
        using var flow = await StartedAsync();
        flow.State.Remove("terraform.tfstate");

        Assert.Equal(TrainingErrors.NotAllStopped, (await Assert.ThrowsAsync<PipelineException>(() => flow.EnvironmentStop.RunAsync(default))).Code);
    }

    [Fact]
    public async Task Given_AStateThatCannotBeRead_When_AllAreStopped_Then_ThoseThatTheFilesNameAreAndTheReportSaysThatOthersMayRun()
    {
        using var flow = await StartedAsync();
        flow.State["terraform.tfstate"] = "{";
        flow.Write("infra/environments/sandbox.tfvars", "region = \"us-east-1\"\nname_prefix = \"demo\"");

        Assert.Equal(TrainingErrors.NotAllStopped, (await Assert.ThrowsAsync<PipelineException>(() => flow.EnvironmentStop.RunAsync(default))).Code);
        Assert.Equal(4, flow.Jobs.Stopped.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_ARunOfAStoppedJob_When_AllAreStopped_Then_ItsLogSaysSoOrTheReportThatItCannotAndEitherWayHowItIsClosed(bool isWritable)
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Stop", "--all");
        await flow.Submission.RunAsync(default);
        flow.State["terraform.tfstate"] = $"{{\"outputs\":{FakeTerraform.OutputsOf(TestRuns.Job)}}}";
        var (job, runId) = (flow.Call.Run.CurrentAttempt!.JobName, flow.Call.Run.RunId);
        var before = await flow.SharedAsync(RunFiles.Run);
        flow.State.OnRead = key =>
        {
            if (!isWritable && key.Contains("/events/", StringComparison.Ordinal))
            {
                throw ConditionalBucket.Error(System.Net.HttpStatusCode.Forbidden, "AccessDenied");
            }
        };

        await flow.EnvironmentStop.RunAsync(default);

        flow.State.OnRead = _ => { };
        Assert.Equal([job], flow.Jobs.Stopped);
        Assert.Equal(isWritable ? 1 : 0, (await flow.EventsAsync()).Count(kind => kind == "launch.stop_requested"));
        Assert.Equal(before, await flow.SharedAsync(RunFiles.Run));
        var shown = flow.Console.Output.ReplaceLineEndings("");
        Assert.Contains($"--target=Resume --run={runId} ", shown, StringComparison.Ordinal);
        Assert.Equal(!isWritable, shown.Contains("does not say so", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("InProgress", true)]
    [InlineData("Completed", false)]
    public async Task Given_AJobThatCannotBeStopped_When_AllAreStopped_Then_TheOthersAreAndOnlyOneThatStillRunsIsAFailure(string status, bool isFailure)
    {
        using var flow = await StartedAsync();
        flow.Jobs.OnStop = name =>
        {
            if (name == OfRun)
            {
                flow.Jobs.Set(name, status);
                throw TestRuns.SageMakerError("AccessDeniedException", "no");
            }
        };

        var failure = await Record.ExceptionAsync(() => flow.EnvironmentStop.RunAsync(default)) as PipelineException;

        Assert.Equal([OfTerraform, OfLaterJob, ByHand], flow.Jobs.Stopped);
        Assert.Equal(isFailure ? (TrainingErrors.NotAllStopped, true) : (null, false), (failure?.Code, failure?.Message.Contains(OfRun, StringComparison.Ordinal) == true));
        Assert.Contains($"{OfRun}: could not be stopped", flow.Console.Output.ReplaceLineEndings(""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_TagsThatCannotBeRead_When_ATeamIsStopped_Then_NothingIsGuessedAndTheReportSaysSo()
    {
        using var flow = await StartedAsync("--team=vision");
        flow.Jobs.OnListTags = name =>
        {
            if (name == OfTerraform)
            {
                throw TestRuns.SageMakerError("AccessDeniedException", "no");
            }
        };

        var failure = await Assert.ThrowsAsync<PipelineException>(() => flow.EnvironmentStop.RunAsync(default));

        Assert.Equal((TrainingErrors.NotAllStopped, true), (failure.Code, failure.Message.Contains(OfTerraform, StringComparison.Ordinal)));
        Assert.Equal([ByHand], flow.Jobs.Stopped);
    }

    [Fact]
    public async Task Given_ALaunchThatSubmitsMeanwhile_When_AllAreStopped_Then_ItsJobIsStoppedToo()
    {
        using var flow = await StartedAsync();
        flow.Jobs.OnStop = name =>
        {
            if (name == OfRun)
            {
                flow.Jobs.Add($"{OfRun}-a2", "InProgress", Research);
            }
        };

        await flow.EnvironmentStop.RunAsync(default);

        Assert.Equal($"{OfRun}-a2", flow.Jobs.Stopped[^1]);
    }

    [Theory]
    [InlineData(119, "saved no checkpoint after the stop; the newest is of step 40")]
    [InlineData(120, "After the stop it saved a checkpoint, of step 40")]
    [InlineData(null, "It has no complete checkpoint")]
    public async Task Given_AJobThatIsStopped_When_ItHasEnded_Then_TheReportSaysWhetherACheckpointIsNewerThanTheStop(int? savedAfterSeconds, string expected)
    {
        using var flow = await StartedAsync();
        flow.Jobs.Transitions.Add(new SecondaryStatusTransition { Status = "Stopping", StartTime = TestRuns.Start.AddSeconds(120.5).UtcDateTime });
        flow.Jobs.OnDescribed = job => job.CheckpointConfig = new() { S3Uri = $"s3://{TestRuns.Bucket}/runs/x/checkpoints" };
        if (savedAfterSeconds is { } seconds)
        {
            flow.Bucket.Now = TestRuns.Start.AddSeconds(seconds);
            flow.Bucket.Put("runs/x/checkpoints/step-00000040/rank-0.bin", Manifests.Content(40, 0));
            flow.Bucket.Put("runs/x/checkpoints/step-00000040/rank-1.bin", Manifests.Content(40, 1));
            flow.Bucket.Put("runs/x/checkpoints/step-00000040/manifest.json", Manifests.Json(Manifests.Of(40)));
        }

        await flow.EnvironmentStop.RunAsync(default);

        Assert.Contains(expected, flow.Console.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_TwoCheckpointsOfOneSecond_When_ItsJobIsStopped_Then_TheLaterStepIsNamed()
    {
        using var flow = await StartedAsync();
        flow.Jobs.Transitions.Add(new SecondaryStatusTransition { Status = "Stopping", StartTime = TestRuns.Start.AddSeconds(120.5).UtcDateTime });
        flow.Jobs.OnDescribed = job => job.CheckpointConfig = new() { S3Uri = $"s3://{TestRuns.Bucket}/runs/x/checkpoints" };
        flow.Bucket.Now = TestRuns.Start.AddSeconds(121);
        foreach (var step in new[] { 40, 60 })
        {
            flow.Bucket.Put($"runs/x/checkpoints/step-{step:D8}/rank-0.bin", Manifests.Content(step, 0));
            flow.Bucket.Put($"runs/x/checkpoints/step-{step:D8}/rank-1.bin", Manifests.Content(step, 1));
            flow.Bucket.Put($"runs/x/checkpoints/step-{step:D8}/manifest.json", Manifests.Json(Manifests.Of(step)));
        }

        await flow.EnvironmentStop.RunAsync(default);

        Assert.Contains("of step 60", flow.Console.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vision", false)]
    [InlineData("research", false)]
    [InlineData("visoin", true)]
    public async Task Given_TheTeamsOfTheFiles_When_ATeamIsNamed_Then_OnlyOneThatTheyLackIsWarnedOf(string team, bool isUnknown)
    {
        using var flow = await StartedAsync($"--team={team}");
        flow.Write("infra/environments/sandbox.tfvars", "region = \"us-east-1\"\nname_prefix = \"demo\"\nteam = \"research\"\nteams = {\n  vision = {\n    max_nodes = 4\n  }\n}");

        await flow.EnvironmentStop.RunAsync(default);

        Assert.Equal(isUnknown, flow.Console.Output.ReplaceLineEndings(" ").Contains($"no team {team}, only vision, research", StringComparison.Ordinal));
    }

    private static async Task<FlowFixture> StartedAsync(params string[] options)
    {
        var flow = await FlowFixture.StartedAsync(null, ["--target=Stop", "--all", .. options]);
        flow.State["terraform.tfstate"] = $"{{\"outputs\":{FakeTerraform.OutputsOf(TestRuns.Job)}}}";
        flow.Jobs.Add(OfRun, "InProgress", Research);
        flow.Jobs.Add(OfLaterJob, "InProgress", Research);
        flow.Jobs.Add(OfTerraform, "InProgress", Vision);
        flow.Jobs.Add(ByHand, "InProgress", Vision);
        foreach (var name in Others)
        {
            flow.Jobs.Add(name, "InProgress", ("environment", "sandbox-eu"), ("team", "vision"));
        }

        return flow;
    }
}
