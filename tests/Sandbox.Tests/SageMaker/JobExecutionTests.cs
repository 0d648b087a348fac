using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Spot;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

public sealed class JobExecutionTests
{
    private const string Checkpoints = "runs/r1/checkpoints/";

    [Fact]
    [Effect("CreateTrainingJob", "OutputDataConfig.S3OutputPath", "AlgorithmSpecification.MetricDefinitions[].Name", "AlgorithmSpecification.MetricDefinitions[].Regex")]
    public async Task Given_on_demand_job_When_all_nodes_end_well_Then_it_completes_and_all_seconds_are_billed()
    {
        await using var harness = new JobHarness();
        await harness.SubmitAsync(JobHarness.Request());
        await harness.ToTrainingAsync();
        harness.Runner.Nodes[0].Write("step=1 train:loss=2.5");
        harness.Runner.Nodes[0].WriteFile("model/model.bin", "weights");
        await harness.PassAsync(100);
        harness.Runner.Nodes[0].End(0);
        await harness.PassAsync(10);
        Assert.Equal(Phase.Training, harness.Job().Phase);

        harness.Runner.Nodes[1].End(0);
        await harness.UntilAsync(job => job.IsOver);

        var job = harness.Job();
        Assert.Equal([Phase.Starting, Phase.Downloading, Phase.Training, Phase.Uploading, Phase.Completed], harness.Phases);
        Assert.Equal((JobStatus.Completed, 110, 110), (job.Status, job.TrainingTimeInSeconds(default), job.BillableTimeInSeconds(default)));
        Assert.Equal("s3://artifacts/runs/r1/output/job/output/model.tar.gz", job.ModelArtifacts);
        Assert.NotNull(harness.Objects.Find(JobHarness.Bucket, "runs/r1/output/job/output/model.tar.gz"));
        Assert.Equal(2.5, Assert.Single(job.FinalMetrics!).Value);
    }

    [Fact]
    [Effect("CreateTrainingJob", "EnableManagedSpotTraining")]
    public async Task Given_timed_interruptions_When_spot_job_runs_Then_each_happens_once_and_waiting_is_not_billed()
    {
        await using var harness = new JobHarness();
        await harness.SubmitAsync(JobHarness.Request(spot: true), new SpotSchedule(["10s", "20s"]));
        await harness.ToTrainingAsync();
        await harness.PassAsync(10);
        await harness.InterruptedAsync();
        await harness.ToTrainingAsync(attempt: 2);
        await harness.PassAsync(20);
        await harness.InterruptedAsync();
        await harness.ToTrainingAsync(attempt: 3);
        await harness.PassAsync(70);
        harness.Runner.Current[0].End(0);
        harness.Runner.Current[1].End(0);
        await harness.UntilAsync(job => job.IsOver);

        var job = harness.Job();
        Phase[] attempt = [Phase.Starting, Phase.Downloading, Phase.Training];
        Assert.Equal([.. attempt, Phase.Interrupted, .. attempt, Phase.Interrupted, .. attempt, Phase.Uploading, Phase.Completed], harness.Phases);
        Assert.All(harness.Runner.Nodes.Take(4), node => Assert.True(node.Killed && !node.Terminated));
        Assert.Equal((100, 30), (job.TrainingTimeInSeconds(default), job.BillableTimeInSeconds(default)));
    }

    [Fact]
    [Effect("CreateTrainingJob", "CheckpointConfig.S3Uri")]
    public async Task Given_checkpoint_interruption_When_second_manifest_reaches_S3_Then_nodes_are_killed_and_find_the_checkpoints_again()
    {
        await using var harness = new JobHarness();
        await harness.SubmitAsync(JobHarness.Request(spot: true), new SpotSchedule());
        await harness.ToTrainingAsync();
        foreach (var step in new[] { "step-1", "step-2" })
        {
            Assert.Equal(Phase.Training, harness.Job().Phase);
            harness.Runner.Nodes[1].WriteFile($"checkpoints/{step}/rank-1.bin", "one");
            harness.Runner.Nodes[0].WriteFile($"checkpoints/{step}/rank-0.bin", "zero");
            harness.Runner.Nodes[0].WriteFile($"checkpoints/{step}/manifest.json", "{}");
            await harness.PassAsync(0.5);
        }

        await harness.InterruptedAsync();
        await harness.ToTrainingAsync(attempt: 2);

        Assert.All(harness.Runner.Current, node => Assert.Equal("one", File.ReadAllText(Path.Combine(node.Root, "checkpoints", "step-2", "rank-1.bin"))));
        Assert.Equal(
            new[] { "step-1/manifest.json", "step-2/manifest.json" }, harness.Job().Checkpoints);
        Assert.Equal(Checkpoints + "step-2/manifest.json", harness.Objects.Written[^1]);
    }

    [Fact]
    public async Task Given_interruption_When_files_were_not_yet_in_S3_Then_they_are_lost()
    {
        await using var harness = new JobHarness();
        await harness.SubmitAsync(JobHarness.Request(spot: true), new SpotSchedule(["10s"]));
        await harness.ToTrainingAsync();
        await harness.PassAsync(9.99);
        harness.Runner.Nodes[0].WriteFile("checkpoints/late.bin", "late");
        await harness.PassAsync(0.01);
        await harness.InterruptedAsync();
        await harness.ToTrainingAsync(attempt: 2);

        Assert.Empty(harness.Objects.List(JobHarness.Bucket, Checkpoints));
    }

    [Fact]
    [Effect("CreateTrainingJob", "StoppingCondition.MaxRuntimeInSeconds")]
    public async Task Given_max_runtime_When_attempts_together_reach_it_Then_nodes_get_SIGTERM_and_later_SIGKILL()
    {
        await using var harness = new JobHarness();
        await harness.SubmitAsync(JobHarness.Request(spot: true, maxRuntime: 100), new SpotSchedule(["60s"]));
        await harness.ToTrainingAsync();
        await harness.PassAsync(60);
        await harness.InterruptedAsync();
        await harness.ToTrainingAsync(attempt: 2);
        await harness.PassAsync(39.9);
        Assert.Equal(JobStatus.InProgress, harness.Job().Status);

        await harness.PassAsync(0.2);
        Assert.Equal((JobStatus.Stopping, Phase.Stopping), (harness.Job().Status, harness.Job().Phase));
        await harness.UntilAsync(_ => harness.Runner.Current.All(node => node.Terminated));
        Assert.All(harness.Runner.Current, node => Assert.False(node.Killed));

        await harness.PassAsync(120);
        await harness.UntilAsync(job => job.IsOver);
        Assert.All(harness.Runner.Current, node => Assert.True(node.Killed));
        Assert.Equal((JobStatus.Stopped, Phase.MaxRuntimeExceeded), (harness.Job().Status, harness.Job().Phase));

        // The 120 seconds between the signals are billed; virtual time passes in steps.
        Assert.InRange(harness.Job().TrainingTimeInSeconds(default)!.Value, 220, 221);
    }

    [Fact]
    public async Task Given_no_capacity_When_max_wait_passes_Then_job_stops_without_ever_being_billed()
    {
        await using var harness = new JobHarness();
        var trace = Path.Combine(harness.Platform.Host.TemporaryFolder, "trace.json");
        await File.WriteAllTextAsync(trace, """{"metadata":{"gap_seconds":10},"data":[1,1]}""");
        await harness.SubmitAsync(JobHarness.Request(spot: true, maxRuntime: 50, maxWait: 60), new SpotSchedule(Trace: trace));
        await harness.PassAsync(59.9);
        Assert.Contains("Insufficient capacity", harness.Job().Transitions[^1].StatusMessage, StringComparison.Ordinal);

        await harness.PassAsync(0.2);
        await harness.UntilAsync(job => job.IsOver);

        Assert.Equal([Phase.Starting, Phase.Stopping, Phase.MaxWaitTimeExceeded], harness.Phases);
        Assert.Null(harness.Job().TrainingStartTime);
        Assert.Null(harness.Job().BillableTimeInSeconds(default));
    }

    [Fact]
    public async Task Given_trace_When_not_all_nodes_are_there_Then_the_job_waits_for_it()
    {
        await using var harness = new JobHarness();
        var trace = Path.Combine(harness.Platform.Host.TemporaryFolder, "trace.json");
        await File.WriteAllTextAsync(trace, """{"metadata":{"gap_seconds":600},"data":[2,1,0,2]}""");
        await harness.SubmitAsync(JobHarness.Request(spot: true), new SpotSchedule(Trace: trace, SecondsPerTick: 10));
        await harness.ToTrainingAsync();
        await harness.PassAsync(10);
        await harness.InterruptedAsync();
        await harness.PassAsync(10);
        Assert.Equal(Phase.Starting, harness.Job().Phase);
        await harness.ToTrainingAsync(attempt: 2);

        var resumed = harness.Job().Transitions.Last(transition => transition.Status == Phase.Downloading).StartTime - harness.Job().CreationTime;
        Assert.Equal(30, resumed.TotalSeconds, 0.1);
    }

    [Fact]
    [Effect("CreateTrainingJob", "StoppingCondition.MaxWaitTimeInSeconds")]
    public async Task Given_max_wait_When_it_passes_during_training_Then_job_stops_with_what_it_has()
    {
        await using var harness = new JobHarness();
        await harness.SubmitAsync(JobHarness.Request(spot: true, maxRuntime: 50, maxWait: 50), new SpotSchedule(["40s"]));
        await harness.ToTrainingAsync();
        await harness.PassAsync(40);
        await harness.InterruptedAsync();
        await harness.ToTrainingAsync(attempt: 2);
        harness.EndWhenAsked();
        harness.Runner.Current[0].WriteFile("model/model.bin", "half");
        await harness.PassAsync(10);
        await harness.UntilAsync(job => job.IsOver);

        Assert.Equal([Phase.Training, Phase.Stopping, Phase.MaxWaitTimeExceeded], harness.Phases.TakeLast(3));
        Assert.NotNull(harness.Job().ModelArtifacts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Given_job_in_progress_When_it_is_stopped_Then_it_ends_as_Stopped(bool training)
    {
        await using var harness = new JobHarness();
        await harness.SubmitAsync(JobHarness.Request());
        if (training)
        {
            await harness.ToTrainingAsync();
            harness.EndWhenAsked();
        }

        harness.Scheduler.Stop(harness.Job().Arn);
        await harness.UntilAsync(job => job.IsOver);

        Assert.Equal([Phase.Stopping, Phase.Stopped], harness.Phases.TakeLast(2));
        Assert.Equal(training, harness.Job().ModelArtifacts is not null);
    }

    [Fact]
    public async Task Given_failing_node_When_others_fail_for_it_Then_reason_is_that_of_the_first_and_has_its_exit_code()
    {
        await using var harness = new JobHarness();
        await harness.SubmitAsync(JobHarness.Request());
        await harness.ToTrainingAsync();
        harness.Runner.Nodes[1].WriteFile("output/failure", "out of memory " + new string('x', 2000));
        harness.Runner.Nodes[1].End(3);
        await harness.PassAsync(1);
        await harness.UntilAsync(job => job.IsOver);

        var reason = harness.Job().FailureReason!;
        Assert.Equal((JobStatus.Failed, Phase.Failed), (harness.Job().Status, harness.Job().Phase));
        Assert.StartsWith("AlgorithmError: out of memory xxx", reason, StringComparison.Ordinal);
        Assert.EndsWith("xxx, exit code: 3", reason, StringComparison.Ordinal);
        Assert.Equal(1024, reason.Length);
        Assert.True(harness.Runner.Nodes[0].Killed);
    }

    [Fact]
    public async Task Given_restart_of_the_sandbox_When_a_job_was_training_Then_it_continues_as_after_an_interruption()
    {
        await using var harness = new JobHarness();
        await harness.SubmitAsync(JobHarness.Request());
        await harness.ToTrainingAsync();
        await harness.PassAsync(10);
        await harness.RestartAsync(away: TimeSpan.FromHours(1));
        await harness.ToTrainingAsync(attempt: 2);
        await harness.PassAsync(5);
        harness.Runner.Current[0].End(0);
        harness.Runner.Current[1].End(0);
        await harness.UntilAsync(job => job.IsOver);

        Assert.Contains(Phase.Interrupted, harness.Phases);
        Assert.Equal((JobStatus.Completed, 15), (harness.Job().Status, harness.Job().TrainingTimeInSeconds(default)));
    }

    [Fact]
    public async Task Given_restart_of_the_sandbox_When_a_job_was_stopping_Then_it_is_stopped()
    {
        await using var harness = new JobHarness();
        await harness.SubmitAsync(JobHarness.Request());
        await harness.ToTrainingAsync();
        harness.Scheduler.Stop(harness.Job().Arn);
        await harness.UntilAsync(job => job.Status == JobStatus.Stopping);
        await harness.RestartAsync(away: TimeSpan.FromHours(1));
        await harness.UntilAsync(job => job.IsOver);

        Assert.Equal((JobStatus.Stopped, Phase.Stopped), (harness.Job().Status, harness.Job().Phase));
        Assert.InRange(harness.Job().TrainingTimeInSeconds(default)!.Value, 1, 2);
    }

    [Fact]
    public async Task Given_capacity_fault_When_job_is_on_demand_Then_it_fails_with_CapacityError()
    {
        await using var harness = new JobHarness();
        harness.Faults.Add([new Fault("sagemaker", FaultKind.Capacity)]);
        await harness.SubmitAsync(JobHarness.Request());
        await harness.PassAsync(1);
        await harness.UntilAsync(job => job.IsOver);

        Assert.StartsWith("CapacityError: ", harness.Job().FailureReason, StringComparison.Ordinal);
        Assert.Null(harness.Job().TrainingTimeInSeconds(default));
    }

    [Fact]
    public async Task Given_capacity_fault_When_job_is_on_spot_Then_it_waits_and_then_runs()
    {
        await using var harness = new JobHarness();
        harness.Faults.Add([new Fault("sagemaker", FaultKind.Capacity, Count: 3)]);
        await harness.SubmitAsync(JobHarness.Request(spot: true));
        await harness.PassAsync(2);
        Assert.Contains("Insufficient capacity", harness.Job().Transitions[^1].StatusMessage, StringComparison.Ordinal);
        await harness.ToTrainingAsync();
    }

    [Fact]
    public async Task Given_channel_without_objects_When_job_downloads_Then_it_fails_and_names_the_prefix()
    {
        await using var harness = new JobHarness();
        var request = JobHarness.Request();
        request["InputDataConfig"] = System.Text.Json.Nodes.JsonNode.Parse(
            """[{"ChannelName":"training","DataSource":{"S3DataSource":{"S3DataType":"S3Prefix","S3Uri":"s3://artifacts/data/"}}}]""");
        await harness.SubmitAsync(request);
        await harness.PassAsync(1);
        await harness.UntilAsync(job => job.IsOver);

        Assert.StartsWith("ClientError: No S3 objects found under S3 URL \"s3://artifacts/data/\"", harness.Job().FailureReason, StringComparison.Ordinal);
    }
}
