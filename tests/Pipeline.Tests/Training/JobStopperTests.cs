using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Aws;
using BuildPipeline.Training;
using NSubstitute;
using static BuildPipeline.Pipeline.Tests.Training.TestRuns;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class JobStopperTests
{
    private readonly IAwsClients _clients = Clients();
    private readonly SkippingTime _time = new();

    [Fact]
    public async Task GivenARunningJob_WhenStopped_ThenTheServiceIsAskedAndTheEndIsWaitedFor()
    {
        Answers(Described("InProgress", "Training"), Described("Stopping", "Stopping"), Described("Stopping", "Uploading"), Described("Stopped", "Stopped"));
        Assert.True(await Stopper.StopAsync(JobName, default));
        await Stopper.WaitUntilEndedAsync(JobName, askedAt: null, default);
        await _clients.SageMaker.ReceivedWithAnyArgs(1).StopTrainingJobAsync(default!, default);
        Assert.Equal(2, _time.Pauses.Count);
    }

    [Fact]
    public async Task GivenAnEndedOrUnknownJob_WhenStopped_ThenNothingIsAsked()
    {
        Answers(Described("Completed", "Completed"), null, null);
        Assert.False(await Stopper.StopAsync(JobName, default));
        Assert.False(await Stopper.StopAsync(JobName, default));
        await Stopper.WaitUntilEndedAsync(JobName, askedAt: null, default);
        await _clients.SageMaker.DidNotReceiveWithAnyArgs().StopTrainingJobAsync(default!, default);
    }

    [Fact]
    public async Task GivenAJobThatEndsJustThen_WhenStopped_ThenThatIsFine()
    {
        Answers(Described("InProgress", "Uploading"));
        _clients.SageMaker.StopTrainingJobAsync(default!, default).ReturnsForAnyArgs<StopTrainingJobResponse>(
            _ => throw SageMakerError("ValidationException", "The request was rejected because the training job is in status Completed."));
        Assert.False(await Stopper.StopAsync(JobName, default));
    }

    [Fact]
    public async Task GivenAJobThatNeverEnds_WhenWaitedFor_ThenItIsStillRunning()
    {
        _clients.SageMaker.DescribeTrainingJobAsync(default!, default).ReturnsForAnyArgs(Described("Stopping", "Stopping"));
        var exception = await Assert.ThrowsAsync<PipelineException>(() => Stopper.WaitUntilEndedAsync(JobName, askedAt: null, default));
        Assert.Equal(ExitCode.StillRunning, exception.ExitCode);
    }

    [Fact]
    public async Task GivenEmptyPagesAndSimilarNames_WhenListed_ThenEveryPageIsReadAndOnlyOwnJobsAreNamed()
    {
        _clients.SageMaker.ListTrainingJobsAsync(default!, default).ReturnsForAnyArgs(call =>
        {
            var request = call.Arg<ListTrainingJobsRequest>();
            return (request.StatusEquals.Value, request.NextToken) switch
            {
                ("InProgress", null) => new ListTrainingJobsResponse { NextToken = "2" },
                ("InProgress", _) => Page("demo-20260102-030405-ab12", "demo-eu-20260102-030405-ab12", "my-demo-20260102-030405-ab12", "demo-20260102-030405-ab12-a2", "demo-0123456789abcdef-a2", "demo-eu-0123456789abcdef", "demo"),
                _ => Page("demo-20250101-000000-zzzz", "demo-20260102-030405-ab12"),
            };
        });
        var jobs = await Stopper.ListRunningAsync("demo", default);
        Assert.Equal(
            [("demo-0123456789abcdef-a2", null), ("demo-20250101-000000-zzzz", "20250101-000000-zzzz"), ("demo-20260102-030405-ab12", "20260102-030405-ab12"), ("demo-20260102-030405-ab12-a2", "20260102-030405-ab12")],
            jobs.Select(job => (job.Name, job.RunId)));
    }

    private JobStopper Stopper => new(_clients, _time);

    private static ListTrainingJobsResponse Page(params string[] names) => new()
    {
        TrainingJobSummaries = [.. names.Select(name => new TrainingJobSummary { TrainingJobName = name, TrainingJobStatus = TrainingJobStatus.InProgress })],
    };

    private void Answers(params DescribeTrainingJobResponse?[] answers)
    {
        var queue = new Queue<DescribeTrainingJobResponse?>(answers);
        _clients.SageMaker.DescribeTrainingJobAsync(default!, default).ReturnsForAnyArgs(_ => queue.Dequeue() ?? throw UnknownJob);
    }
}
