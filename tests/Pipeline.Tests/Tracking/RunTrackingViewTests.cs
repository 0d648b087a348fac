using BuildPipeline.Evidence;
using BuildPipeline.Jobs;
using BuildPipeline.Reporting;
using BuildPipeline.Spot;
using BuildPipeline.Tracking;
using BuildPipeline.Training;
using static BuildPipeline.Pipeline.Tests.Training.TestRuns;

namespace BuildPipeline.Pipeline.Tests.Tracking;

public sealed class RunTrackingViewTests
{
    [Theory]
    [InlineData(null, null, TrackedState.Running)]
    [InlineData(OutcomeKind.Moved, null, TrackedState.Running)]
    [InlineData(OutcomeKind.Completed, null, TrackedState.Finished)]
    [InlineData(OutcomeKind.Completed, true, TrackedState.Finished)]
    [InlineData(OutcomeKind.Completed, false, TrackedState.Failed)]
    [InlineData(OutcomeKind.Stopped, null, TrackedState.Killed)]
    [InlineData(OutcomeKind.Failed, null, TrackedState.Failed)]
    [InlineData(OutcomeKind.MaxRuntime, null, TrackedState.Failed)]
    [InlineData(OutcomeKind.NoCapacity, null, TrackedState.Failed)]
    public void Given_how_the_last_job_ended_When_the_run_is_seen_Then_its_state_follows(OutcomeKind? outcome, bool? valid, TrackedState state)
    {
        var run = Run with { Attempts = [Intent with { Outcome = outcome }], Evidence = valid is { } passed ? Evidence(passed) : null };

        Assert.Equal(state, RunTrackingView.StateOf(run));
        Assert.Equal(state == TrackedState.Running, RunTrackingView.Create(run with { EndedAt = Start }, []).EndedAt is null);
    }

    [Fact]
    public void Given_a_run_of_three_jobs_When_seen_Then_parameters_are_the_approved_ones_and_tags_name_each_job()
    {
        var attempts = Enumerable.Range(1, 3).Select(number => Intent with
        {
            Number = number,
            JobName = JobNames.NameOf(Job, RunId, number),
            JobArn = $"arn:{number}",
            Market = number == 2 ? Market.OnDemand : Market.Spot,
            Cost = new Usd(0.25m),
            Outcome = number < 3 ? OutcomeKind.Moved : OutcomeKind.Completed,
            OutcomeSentence = "Done.",
        }).ToList();
        var run = Run with { Attempts = attempts, Commit = new string('c', 40), Evidence = Evidence(true), Job = Job with { Tracking = new() { RegisterModel = new() { Name = "demo" } } } };

        var picture = RunTrackingView.Create(run, []);

        Assert.Equal(("7", "ml.g5.xlarge", "5"), (picture.Params["seed"], picture.Params["job.instance_type"], picture.Params["job.max_run_cost_usd"]));
        Assert.Equal(picture.Params, RunTrackingView.Create(run with { Attempts = [attempts[0]] }, []).Params);
        Assert.Equal(["arn:1", "arn:2", "arn:3"], Enumerable.Range(1, 3).Select(number => picture.Tags[$"pipeline.attempt.{number}.job_arn"]));
        Assert.Equal(("on-demand", "3", "0.75", Digest), (picture.Tags["pipeline.attempt.2.market"], picture.Tags["pipeline.attempts"], picture.Tags["pipeline.cost_usd"], picture.Tags["pipeline.digest"]));
        Assert.Equal(("sandbox", new string('b', 64), "true"), (picture.Tags["pipeline.approved_by"], picture.Tags["pipeline.source_sha256"], picture.Tags["pipeline.validated"]));
        Assert.Equal((JobName, new TrackedModel("demo", "s3://bucket/model.tar.gz")), (picture.Name, picture.Model));
        Assert.Null(RunTrackingView.Create(run with { Evidence = Evidence(false) }, []).Model);
    }

    private static EvidenceRecord Evidence(bool passed) => new()
    {
        Findings = [new Finding("model archive", passed, "detail")],
        Checkpoints = [],
        Interruptions = [],
        FinalMetrics = new Dictionary<string, double>(),
        ModelArchive = "s3://bucket/model.tar.gz",
    };
}
