using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.SageMaker.Execution;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Spot;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

/// <summary>What AWS does of itself before and between a job's attempts: retries after its own errors, and the check of new instances.</summary>
public sealed class JobRetryTests
{
    private const string Checkpoint = "checkpoints/step-1/rank-0.bin";

    private static readonly Phase[] Attempt = [Phase.Starting, Phase.Downloading, Phase.Training];

    [Fact]
    [Effect("CreateTrainingJob", "RetryStrategy.MaximumRetryAttempts")]
    public async Task Given_a_retry_strategy_When_a_job_meets_internal_errors_Then_it_starts_again_from_its_checkpoints_and_all_attempts_are_billed()
    {
        await using var harness = new JobHarness();
        harness.Faults.Add([new Fault("sagemaker", FaultKind.JobInternalError, Count: 2)]);
        await harness.SubmitAsync(Retried(2));
        await harness.ToTrainingAsync();
        harness.Runner.Current[0].WriteFile(Checkpoint, "saved");
        await FailAsync(harness, 1);
        await harness.ToTrainingAsync(attempt: 2);
        await FailAsync(harness, 2);
        Assert.Equal((JobStatus.InProgress, Phase.Starting), (harness.Job().Status, harness.Job().Phase));

        await harness.ToTrainingAsync(attempt: 3);
        var (node, others) = (harness.Runner.Current[0], harness.Runner.Nodes.SkipLast(1).ToArray());
        await harness.PassAsync(8);
        node.End(0);
        await harness.UntilAsync(job => job.IsOver);

        Assert.Equal([.. Attempt, .. Attempt, .. Attempt, Phase.Uploading, Phase.Completed], harness.Phases);
        Assert.Equal((JobStatus.Completed, 10, (string?)null), (harness.Job().Status, harness.Job().BillableTimeInSeconds(default), harness.Job().FailureReason));
        Assert.All(others, other => Assert.True(other.Killed));
        Assert.NotNull(harness.Objects.Find(JobHarness.Bucket, "runs/r1/" + Checkpoint));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 4)]
    public async Task Given_more_internal_errors_than_retries_When_the_job_has_used_them_up_Then_it_fails_with_InternalServerError(int retries, int attempts)
    {
        await using var harness = new JobHarness();
        harness.Faults.Add([new Fault("sagemaker", FaultKind.JobInternalError, Count: 9)]);
        await harness.SubmitAsync(Retried(retries));
        for (var attempt = 1; attempt <= attempts; attempt++)
        {
            await harness.ToTrainingAsync(attempt);
            await FailAsync(harness, attempt);
        }

        Assert.Equal((JobStatus.Failed, attempts), (harness.Job().Status, harness.Job().Attempts));
        Assert.StartsWith("InternalServerError: ", harness.Job().FailureReason, StringComparison.Ordinal);
        Assert.Equal(9 - attempts, Assert.Single(harness.Faults.Planned).Count);
    }

    [Fact]
    public async Task Given_a_retry_strategy_When_the_program_fails_Then_the_job_is_not_retried()
    {
        await using var harness = new JobHarness();
        await harness.SubmitAsync(Retried(5));
        await harness.ToTrainingAsync();
        harness.Runner.Current[0].End(1);
        await harness.PassAsync(1);
        await harness.UntilAsync(job => job.IsOver);

        Assert.StartsWith("AlgorithmError: ", harness.Job().FailureReason, StringComparison.Ordinal);
        Assert.Equal(1, harness.Job().Attempts);
    }

    [Fact]
    public async Task Given_a_retry_strategy_When_the_attempts_together_reach_the_maximum_runtime_Then_the_job_stops()
    {
        await using var harness = new JobHarness();
        await harness.SubmitAsync(Retried(5, maxRuntime: 20));
        await harness.ToTrainingAsync();
        await harness.PassAsync(11.5);
        harness.Faults.Add([new Fault("sagemaker", FaultKind.JobInternalError)]);
        await harness.PassAsync(0.5);
        await harness.UntilAsync(job => job.Retries == 1);
        await harness.ToTrainingAsync(attempt: 2);
        harness.EndWhenAsked();
        await harness.PassAsync(7.9);
        Assert.Equal(Phase.Training, harness.Job().Phase);

        await harness.PassAsync(0.2);
        await harness.UntilAsync(job => job.IsOver);
        Assert.Equal((JobStatus.Stopped, Phase.MaxRuntimeExceeded), (harness.Job().Status, harness.Job().Phase));
    }

    [Theory]
    [Effect("CreateTrainingJob", "InfraCheckConfig.EnableInfraCheck")]
    [InlineData(true, 60)]
    [InlineData(false, 0)]
    [InlineData(null, 0)]
    public async Task Given_an_infrastructure_check_When_the_job_starts_Then_training_waits_for_it_and_the_check_is_not_billed(bool? check, double seconds)
    {
        await using var harness = new JobHarness(new JobSettings { InfraCheck = TimeSpan.FromSeconds(60) });
        var request = JobHarness.Request(nodes: 1);
        request["InfraCheckConfig"] = check is null ? null : new JsonObject { ["EnableInfraCheck"] = check };
        await harness.SubmitAsync(request);
        await harness.ToTrainingAsync();
        await harness.PassAsync(10);
        harness.Runner.Current[0].End(0);
        await harness.UntilAsync(job => job.IsOver);

        var job = harness.Job();
        Assert.Equal([.. Attempt, Phase.Uploading, Phase.Completed], harness.Phases);
        Assert.Equal(seconds + 0.4, (job.TrainingStartTime!.Value - job.CreationTime).TotalSeconds, 0.1);
        Assert.Equal(10, job.BillableTimeInSeconds(default));
    }

    [Fact]
    public async Task Given_an_infrastructure_check_When_the_job_is_stopped_in_it_Then_it_ends_without_having_trained()
    {
        await using var harness = new JobHarness(new JobSettings { InfraCheck = TimeSpan.FromSeconds(60) });
        var request = JobHarness.Request();
        request["InfraCheckConfig"] = new JsonObject { ["EnableInfraCheck"] = true };
        await harness.SubmitAsync(request);
        await harness.PassAsync(30);
        harness.Scheduler.Stop(harness.Job().Arn);
        await harness.UntilAsync(job => job.IsOver);

        Assert.Equal([Phase.Starting, Phase.Stopping, Phase.Stopped], harness.Phases);
        Assert.Null(harness.Job().BillableTimeInSeconds(default));
    }

    [Fact]
    public async Task Given_checkpoints_that_stop_reaching_S3_When_the_job_trains_on_Then_nothing_tells_and_other_instances_save_again()
    {
        await using var harness = new JobHarness();
        await harness.SubmitAsync(JobHarness.Request(nodes: 1, spot: true), new SpotSchedule(["10s"]));
        await harness.ToTrainingAsync();
        harness.Runner.Current[0].WriteFile("checkpoints/one.bin", "1");
        await harness.PassAsync(1);
        harness.Faults.Add([new Fault("sagemaker", FaultKind.CheckpointSync)]);
        await harness.PassAsync(1);
        harness.Runner.Current[0].WriteFile("checkpoints/two.bin", "2");
        await harness.PassAsync(7);
        Assert.Equal((Phase.Training, 1), (harness.Job().Phase, harness.Objects.Written.Count));

        await harness.PassAsync(1.1);
        await harness.ToTrainingAsync(attempt: 2);
        harness.Runner.Current[0].WriteFile("checkpoints/three.bin", "3");
        await harness.PassAsync(1);

        Assert.Equal(["runs/r1/checkpoints/one.bin", "runs/r1/checkpoints/three.bin"], harness.Objects.Written);
    }

    /// <summary>Lets an attempt meet the fault that is planned.</summary>
    private static async Task FailAsync(JobHarness harness, int attempt)
    {
        await harness.PassAsync(1);
        await harness.UntilAsync(job => job.IsOver || job.Retries == attempt);
    }

    private static JsonObject Retried(int retries, int maxRuntime = 3600)
    {
        var request = JobHarness.Request(nodes: 1, maxRuntime: maxRuntime);
        request["RetryStrategy"] = retries == 0 ? null : new JsonObject { ["MaximumRetryAttempts"] = retries };
        return request;
    }
}
