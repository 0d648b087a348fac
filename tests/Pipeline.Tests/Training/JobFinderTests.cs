using Amazon.SageMaker.Model;
using BuildPipeline.Approvals;
using BuildPipeline.Aws;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Training;
using NSubstitute;
using static BuildPipeline.Pipeline.Tests.Training.TestRuns;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class JobFinderTests
{
    private readonly IAwsClients _clients = Clients();
    private readonly Dictionary<string, (DescribeTrainingJobResponse Job, List<Tag> Tags)> _jobs = [];

    public JobFinderTests()
    {
        _clients.SageMaker.DescribeTrainingJobAsync(default!, default).ReturnsForAnyArgs(
            call => _jobs.TryGetValue(call.Arg<DescribeTrainingJobRequest>().TrainingJobName, out var found) ? found.Job : throw UnknownJob);
        _clients.SageMaker.ListTagsAsync(default!, default).ReturnsForAnyArgs(
            call => new ListTagsResponse { Tags = _jobs.Values.Single(found => found.Job.TrainingJobArn == call.Arg<ListTagsRequest>().ResourceArn).Tags });
    }

    // The record as it was before the launch.
    private static RunRecord Before => Run with { Attempts = [], Stage = RunStage.Applied };

    [Fact]
    public async Task Given_ARecordFromBeforeTheLaunch_When_ItsJobExists_Then_TheRunIsLaunchedWithThatJob()
    {
        Add(JobName, JobRequest.OwnTags(Run));

        var found = await FindAsync(Before);

        var attempt = Assert.Single(found.Attempts);
        Assert.Equal((JobName, Market.Spot, 1, 1800, true), (attempt.JobName, attempt.Market, attempt.Rung, attempt.MaxRuntimeSeconds, attempt.Adopted));
        Assert.Equal((RunState.Launched, RunStage.Launched), (found.State, found.Stage));
    }

    [Fact]
    public async Task Given_ARecordFromBeforeAMove_When_TheNextJobExists_Then_TheFirstHasEndedAndTheNextIsCurrent()
    {
        Add(JobName, JobRequest.OwnTags(Run), "Stopped");
        Add($"{JobName}-a2", JobRequest.OwnTags(Run));

        var found = await FindAsync(Run);

        Assert.Equal([OutcomeKind.Moved, null], found.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal($"{JobName}-a2", found.CurrentAttempt!.JobName);
    }

    [Fact]
    public async Task Given_AFallbackThatWasRefusedForItsQuota_When_OnlyTheSecondJobExists_Then_ItIsFound()
    {
        var job = Job with { InstanceLadder = [new() { InstanceType = "ml.g5.2xlarge", InstanceCount = 2, UseSpotInstances = true }] };
        Add($"{JobName}-a2", JobRequest.OwnTags(Run), type: "ml.g5.2xlarge");

        var found = await FindAsync(Before with { Job = job });

        var attempt = Assert.Single(found.Attempts);
        Assert.Equal((2, 2, 3), (attempt.Number, attempt.Rung, found.NextAttemptNumber));
    }

    [Fact]
    public async Task Given_NoFurtherJob_When_LookedFor_Then_TheRecordIsTheSame()
    {
        Add(JobName, JobRequest.OwnTags(Run));
        var run = Run;

        Assert.Same(run, await FindAsync(run));
        var empty = Before with { RunId = "20260102-030405-ffff" };
        Assert.Same(empty, await FindAsync(empty));
    }

    [Fact]
    public async Task Given_AJobOfThatNameUnderAnotherDigest_When_LookedFor_Then_ItIsNotTakenForTheRunsOwn()
    {
        Add(JobName, [new() { Key = JobNames.RunIdTag, Value = RunId }, new() { Key = JobNames.DigestTag, Value = "another" }]);

        Assert.Equal(ExitCode.BadConfiguration, (await Assert.ThrowsAsync<PipelineException>(() => FindAsync(Before))).ExitCode);
    }

    [Fact]
    public async Task Given_ARecordThatLostItsApproval_When_TheDigestFitsItsSubject_Then_TheJobIsFound()
    {
        var run = Before with { Approval = null };
        Add(JobName, [new() { Key = JobNames.RunIdTag, Value = RunId }, new() { Key = JobNames.DigestTag, Value = ApprovalDigest.Of(run.Subject!) }]);

        Assert.NotNull((await FindAsync(run)).CurrentAttempt);
        Assert.NotNull((await FindAsync(run with { Subject = null })).CurrentAttempt);
    }

    private Task<RunRecord> FindAsync(RunRecord run) => new JobFinder(_clients).FindAsync(run, default);

    private void Add(string name, IReadOnlyList<Tag> tags, string status = "InProgress", string type = "ml.g5.xlarge")
    {
        var job = Described(status, status == "InProgress" ? "Training" : status);
        job.TrainingJobArn = $"arn:{name}";
        job.EnableManagedSpotTraining = true;
        job.ResourceConfig = new() { InstanceType = type, InstanceCount = 2 };
        _jobs[name] = (job, [.. tags]);
    }
}
