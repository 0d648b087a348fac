using System.Web;
using BuildPipeline.Accounts;
using BuildPipeline.Approvals;
using BuildPipeline.Aws;
using BuildPipeline.Jobs;
using BuildPipeline.Pipeline.Tests.Accounts;
using BuildPipeline.Pipeline.Tests.Aws;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Reporting;
using BuildPipeline.Tasks;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class RunNoticesTests
{
    private const string Topic = "arn:aws:sns:us-east-1:000000000000:demo-sandbox-alarms";

    private static readonly Answer Published = new(200, "<PublishResponse/>", ("Content-Type", "text/xml"));

    private static AlarmSpec Alarms => new() { TopicArn = Topic, HeartbeatMinutes = 5, DetachedHours = 24 };

    /// <summary>What ends a target, and what is told of it.</summary>
    public static TheoryData<string?, string?> Ends => new()
    {
        { ApprovalErrors.NoTerminal.Id, "approval" },
        { TrainingErrors.OptionsExhausted.Id, "capacity:1" },
        { TrainingErrors.NoCapacity.Id, "capacity:1" },
        { TrainingErrors.OverQuota.Id, "capacity:1" },
        { AccountErrors.ShortCredentials.Id, "credentials" },
        { TrainingErrors.JobFailed.Id, null },
        { TrainingErrors.StillRunning.Id, null },
        { null, null },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public void Given_TheEndOfATarget_When_APersonIsNeeded_Then_TheNoticeIsOfThat(string? error, string? notice)
    {
        var run = TestRuns.Run with { Attempts = [TestRuns.Intent], ErrorId = error, Error = error is null ? null : "Do this." };

        var told = RunNotice.Create(run, TestRuns.Start, "./build.sh");

        Assert.Equal(notice, told?.Id);
        Assert.True(told is null || (told.Subject.Length <= 100 && told.Text.Contains("Do this.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(-1, "deadline")]
    [InlineData(1, null)]
    public void Given_AJobThatRuns_When_ItsDeadlineIsOver_Then_SomebodyIsTold(int hours, string? notice)
    {
        var run = TestRuns.Run with { Attempts = [TestRuns.Intent with { SubmittedAt = TestRuns.Start }], DeadlineAt = TestRuns.Start.AddHours(hours) };

        Assert.Equal(notice, RunNotice.Create(run, TestRuns.Start, "./build.sh --target=Launch")?.Id);
    }

    [Fact]
    public async Task Given_ARunThatWaitsForItsApproval_When_ToldTwice_Then_TheTopicGetsItOnceAndTheLogHasIt()
    {
        using var sns = new FakeAwsEndpoint(Published);
        using var flow = await WaitingAsync(Alarms);

        await Notices(flow, sns).TellAsync(default);
        await Notices(flow, sns).TellAsync(default);

        var sent = HttpUtility.ParseQueryString(sns.Only.Body);
        Assert.Equal(("Publish", Topic, "us-east-1/sns/aws4_request"), (sent["Action"], sent["TopicArn"], sns.Only.Scope));
        Assert.Contains(flow.Call.Run.RunId, sent["Message"], StringComparison.Ordinal);
        Assert.Equal("approval", (string?)Assert.Single(await flow.LogAsync(), known => known.Kind == "notice.sent").Detail!["id"]);
    }

    [Theory]
    [InlineData(403, "AuthorizationError", true)]
    [InlineData(404, "NotFound", false)]
    public async Task Given_ATopicThatRefuses_When_Told_Then_NothingFailsAndItIsTriedAgain(int status, string code, bool isWarned)
    {
        using var sns = new FakeAwsEndpoint(
            new Answer(status, $"<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>", ("Content-Type", "text/xml")), Published);
        using var flow = await WaitingAsync(Alarms);

        await Notices(flow, sns).TellAsync(default);
        Assert.Equal(isWarned, flow.Console.Output.Contains("Nobody was told", StringComparison.Ordinal));
        Assert.DoesNotContain("notice.sent", await flow.EventsAsync());
        await Notices(flow, sns).TellAsync(default);

        Assert.Contains("notice.sent", await flow.EventsAsync());
    }

    [Fact]
    public async Task Given_NoAlarms_When_APersonIsNeeded_Then_NothingIsSent()
    {
        using var sns = new FakeAwsEndpoint(Published);
        using var flow = await WaitingAsync(null);

        await Notices(flow, sns).TellAsync(default);

        Assert.Empty(sns.Requests);
    }

    private static async Task<FlowFixture> WaitingAsync(AlarmSpec? alarms)
    {
        var flow = await FlowFixture.PricedAsync();
        await flow.UpdateAsync(run => run with { Job = run.Job! with { Alarms = alarms }, ErrorId = ApprovalErrors.NoTerminal.Id, Error = "Approve it." });
        return flow;
    }

    private static RunNotices Notices(FlowFixture flow, FakeAwsEndpoint sns)
    {
        var clients = TestAccount.Clients("us-east-1", new Uri(sns.Url));
        return new(flow.Call, clients, new TopicPublisher(clients, new HttpClient()));
    }
}
