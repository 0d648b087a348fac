using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Reporting.GitHub;
using BuildPipeline.Runs;
using BuildPipeline.Training;
using Octokit;

namespace BuildPipeline.Pipeline.Tests.Reporting.GitHub;

public sealed class RunPublicationTests
{
    private static readonly RunRecord Planned = TestRuns.Run with { Attempts = [], Stage = RunStage.Priced, ExitCode = ExitCode.Done };
    private static readonly RunRecord Launched = TestRuns.Run with { Attempts = [TestRuns.Intent], Stage = RunStage.Launched };

    public static TheoryData<RunRecord, CommitState, CheckConclusion?, DeploymentState?> Runs => new()
    {
        { Planned, CommitState.Pending, CheckConclusion.Success, null },
        { Planned with { Subject = null, ExitCode = ExitCode.Refused, Error = "too dear" }, CommitState.Failure, CheckConclusion.Failure, null },
        { Planned with { Subject = null, ExitCode = ExitCode.StillRunning, Error = "locked" }, CommitState.Pending, CheckConclusion.Neutral, null },
        { Planned with { Subject = null, ExitCode = null, Stage = RunStage.Started }, CommitState.Pending, null, null },
        { Planned with { ExitCode = ExitCode.NotApproved, Error = "nobody" }, CommitState.Pending, CheckConclusion.Success, null },
        { Launched, CommitState.Pending, CheckConclusion.Success, DeploymentState.InProgress },
        { Ended(OutcomeKind.Stopped, ExitCode.StoppedShort), CommitState.Failure, CheckConclusion.Success, DeploymentState.Inactive },
        { Ended(OutcomeKind.Failed, ExitCode.Failed), CommitState.Failure, CheckConclusion.Success, DeploymentState.Failure },
        { Ended(OutcomeKind.Completed, ExitCode.StillRunning), CommitState.Pending, CheckConclusion.Success, DeploymentState.InProgress },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public void Given_ARun_When_Published_Then_StatusCheckRunAndDeploymentSayHowItIs(RunRecord run, CommitState status, CheckConclusion? conclusion, DeploymentState? deployment)
    {
        var published = RunPublication.Create(run, "sentence", "receipt");

        Assert.Equal((status, conclusion, deployment), (published.Status, published.CheckConclusion, published.Deployment));
    }

    [Fact]
    public void Given_RunsOfTwoJobs_When_Published_Then_NeitherHidesTheOther()
    {
        var own = RunPublication.Create(Planned, "", "");
        var other = RunPublication.Create(Planned with { JobFile = "large" }, "", "");

        Assert.Equal($"pipeline/{Planned.Environment}", own.Context);
        Assert.Equal($"pipeline/{Planned.Environment}/large", other.Context);
        Assert.NotEqual(own.Marker, other.Marker);
        Assert.NotEqual(own.CheckName, other.CheckName);
    }

    [Fact]
    public void Given_ALongFailure_When_Published_Then_ItIsWithinGitHubsLimits()
    {
        var places = Enumerable.Range(1, 70).Select(line => new SourcePlace("infra/main.tf", line, new string('x', 100_000)));

        var published = RunPublication.Create(Planned with { ErrorPlaces = [.. places] }, new string('s', 500), "receipt");

        Assert.Equal(140, published.Description.Length);
        Assert.Equal(50, published.CheckOutput().Annotations.Count);
        Assert.All(published.CheckOutput().Annotations, annotation => Assert.True(annotation.Message.Length < 2000));
    }

    private static RunRecord Ended(OutcomeKind outcome, ExitCode code) =>
        Launched with { Stage = RunStage.Trained, Attempts = [TestRuns.Intent with { Outcome = outcome }], ExitCode = code, Error = "sentence" };
}
