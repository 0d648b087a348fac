using BuildPipeline.Accounts;
using BuildPipeline.Approvals;
using BuildPipeline.Approvals.Comments;
using BuildPipeline.Pipeline.Tests.Accounts;
using BuildPipeline.Runs;
using FsCheck.Xunit;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Approvals;

public sealed class ApprovalServiceTests
{
    private readonly IApprovalPrompt _prompt = Substitute.For<IApprovalPrompt>();
    private readonly IWorkflowReviews _reviews = Substitute.For<IWorkflowReviews>();

    private ApprovalService Desk => DeskIn(ApprovalMode.Person);

    private static Task<DateTimeOffset> AtNoon(CancellationToken cancellationToken) => Task.FromResult(Sample.Noon);

    private ApprovalService DeskIn(ApprovalMode mode) => new(new TestAccount { Approval = mode }, _prompt, _reviews, new CommentApprovals(new FakeComments(), null!), new ApprovalStatements(new FakeSigningKeys(), new PinnedKey("")), Sample.Hints);

    [Theory]
    [InlineData("1.51")]
    [InlineData("$1.51")]
    [InlineData(" 1.510 ")]
    public async Task Given_ATerminal_When_TheAmountIsTyped_Then_ItIsApproved(string typed)
    {
        _prompt.CanAsk.Returns(true);
        _prompt.AskAmountAsync(default!, default).ReturnsForAnyArgs(typed);

        var approval = await Desk.ApproveAsync(Sample.Subject, new(null), AtNoon, default);

        Assert.Equal(ApprovalSource.Terminal, approval.Source);
        Assert.Equal(ApprovalDigest.Compute(Sample.Subject), approval.Digest);
    }

    [Fact]
    public async Task Given_APersonWhoTakesTime_When_TheAmountIsTyped_Then_TheApprovalHasTheTimeOfTheAnswer()
    {
        var now = Sample.Noon;
        _prompt.CanAsk.Returns(true);
        _prompt.AskAmountAsync(default!, default).ReturnsForAnyArgs(_ =>
        {
            now += TimeSpan.FromMinutes(5);
            return "1.51";
        });

        var approval = await Desk.ApproveAsync(Sample.Subject, new(null), _ => Task.FromResult(now), default);

        Assert.Equal(Sample.Noon + TimeSpan.FromMinutes(5), approval.ApprovedAt);
    }

    [Theory]
    [InlineData("")]
    [InlineData("y")]
    [InlineData("1.50")]
    [InlineData("-1.51")]
    public async Task Given_ATerminal_When_AnythingElseIsTyped_Then_NothingIsApproved(string typed)
    {
        _prompt.CanAsk.Returns(true);
        _prompt.AskAmountAsync(default!, default).ReturnsForAnyArgs(typed);

        await AssertRefused(() => Desk.ApproveAsync(Sample.Subject, new(null), AtNoon, default), "is not the amount");
    }

    [Fact]
    public Task Given_NoTerminal_When_NoDigestIsGiven_Then_TheSentenceHasTheWholeCommand() =>
        AssertRefused(() => Desk.ApproveAsync(Sample.Subject, new(null), AtNoon, default), $"--approve={ApprovalDigest.Compute(Sample.Subject)}");

    [Fact]
    public async Task Given_TheRightDigest_When_GitHubKnowsNoReview_Then_ItIsRecordedAsGivenByTheLocalUser()
    {
        var approval = await Desk.ApproveAsync(Sample.Subject, new(ApprovalDigest.Compute(Sample.Subject)), AtNoon, default);

        Assert.Equal((ApprovalSource.Option, Environment.UserName, null), (approval.Source, approval.Approver, approval.Review));
    }

    [Fact]
    public async Task Given_TheRightDigest_When_GitHubRecordsItsReview_Then_TheReviewIsTheApproval()
    {
        _reviews.ReadAsync(default).ReturnsForAnyArgs(ReviewRulesTests.Reviewed(ApprovalDigest.Compute(Sample.Subject)));

        var approval = await Desk.ApproveAsync(Sample.Subject, new(ApprovalDigest.Compute(Sample.Subject)), AtNoon, default);

        Assert.Equal((ApprovalSource.GitHubEnvironment, "reviewer"), (approval.Source, approval.Approver));
        Assert.Equal(("gpu-spend", "author", "go", 17L), (approval.Review!.Environment, approval.Review.RequestedBy, approval.Review.Comment, approval.Review.WorkflowRunId));
    }

    [Fact]
    public Task Given_AnotherDigest_When_Asked_Then_EvenTheSandboxRefuses() =>
        AssertRefused(() => DeskIn(ApprovalMode.Automatic).ApproveAsync(Sample.Subject, new(new string('0', 64)), AtNoon, default), "is not the digest of this run");

    [Fact]
    public async Task Given_TheSandbox_When_NothingIsGiven_Then_ItsOwnPolicyApproves() =>
        Assert.Equal(ApprovalSource.Sandbox, (await DeskIn(ApprovalMode.Automatic).ApproveAsync(Sample.Subject, new(null), AtNoon, default)).Source);

    [Theory]
    [InlineData("plan_sha256")]
    [InlineData("job")]
    [InlineData("terms")]
    [InlineData("configuration_sha256")]
    [InlineData("source_sha256")]
    [InlineData("data_sha256")]
    [InlineData("ceiling")]
    public void Given_AnApproval_When_SomethingItBindsChanges_Then_ItIsVoidAndSaysWhat(string member)
    {
        var now = member switch
        {
            "plan_sha256" => Sample.Subject with { PlanSha256 = new string('9', 64) },
            "job" => Sample.Subject with { Job = Sample.Job with { InstanceCount = 3 } },
            "terms" => Sample.Subject with { Terms = new("spot-only", 2) },
            "configuration_sha256" => Sample.Subject with { ConfigurationSha256 = new string('9', 64) },
            "source_sha256" => Sample.Subject with { SourceSha256 = new string('9', 64) },
            "data_sha256" => Sample.Subject with { DataSha256 = new Dictionary<string, string>(Sample.Subject.DataSha256) { ["model"] = new string('9', 64) } },
            _ => Sample.Subject with { Ceiling = new Usd(1.52m) },
        };

        var exception = Assert.Throws<PipelineException>(() => ApprovalService.Verify(Sample.Approval(Sample.Subject), now));

        Assert.Equal(ExitCode.NotApproved, exception.ExitCode);
        Assert.Contains(member, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_AnApproval_When_ItWasSeenExpired_Then_AClockThatGoesBackDoesNotReviveIt()
    {
        var run = new RunRecord { RunId = Sample.Subject.RunId, Environment = "sandbox", StartedAt = Sample.Noon, Subject = Sample.Subject };

        Assert.Null(ApprovalService.ExpirySeen(run, Sample.Subject.ExpiresAt));
        ApprovalService.RequireInTime(run);
        var expired = run with { ApprovalExpiredAt = ApprovalService.ExpirySeen(run, Sample.Subject.ExpiresAt.AddSeconds(1)) };
        var later = expired with { ApprovalExpiredAt = ApprovalService.ExpirySeen(expired, Sample.Noon) };

        Assert.Equal(Sample.Subject.ExpiresAt.AddSeconds(1), later.ApprovalExpiredAt);
        Assert.Equal(ExitCode.NotApproved, Assert.Throws<PipelineException>(() => ApprovalService.RequireInTime(later)).ExitCode);
    }

    [Fact]
    public void Given_ARecordWhoseDigestWasEdited_When_Verified_Then_ItIsVoidAlthoughNoMemberChanged()
    {
        var edited = Sample.Approval(Sample.Subject) with { Digest = new string('0', 64) };

        Assert.Equal(ApprovalErrors.Void, Assert.Throws<PipelineException>(() => ApprovalService.Verify(edited, Sample.Subject)).Code);
    }

    [Fact]
    public void Given_EditedFiles_When_TheConfigurationIsCompared_Then_EachIsNamedAndNoneIsFine()
    {
        ApprovalService.RequireSame("20260131-120000-1a2b", []);

        var refused = Assert.Throws<PipelineException>(() => ApprovalService.RequireSame("20260131-120000-1a2b", ["infra/main.tf", "--var x"]));

        Assert.Equal(ApprovalErrors.ConfigurationChanged, refused.Code);
        Assert.Contains("infra/main.tf", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--var x", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_ARunWithoutApproval_When_ItIsNeeded_Then_TheCommandIsNamed()
    {
        var run = new RunRecord { RunId = Sample.Subject.RunId, Environment = "sandbox", StartedAt = Sample.Noon };

        var missing = Assert.Throws<PipelineException>(() => Desk.Given(run));

        Assert.Equal(ApprovalErrors.Missing, missing.Code);
        Assert.Contains($"--target=Approve --run={run.RunId}", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_AnApproval_When_NothingChanged_Then_ItHolds() => ApprovalService.Verify(Sample.Approval(Sample.Subject), Sample.Subject);

    [Property]
    public bool Given_Amounts_When_Digested_Then_OnlyTheAmountMattersNotItsZeros(decimal amount)
    {
        var exact = new Usd(decimal.Round(amount % 1_000_000m, 4));
        var padded = new Usd(exact.Amount + 0.0000000000m);

        return ApprovalDigest.Compute(Sample.Subject with { Ceiling = exact }) == ApprovalDigest.Compute(Sample.Subject with { Ceiling = padded })
            && ApprovalDigest.Compute(Sample.Subject with { Ceiling = exact }) != ApprovalDigest.Compute(Sample.Subject with { Ceiling = exact + new Usd(0.01m) });
    }

    private static async Task AssertRefused(Func<Task> act, string sentence)
    {
        var exception = await Assert.ThrowsAsync<PipelineException>(act);
        Assert.Equal(ExitCode.NotApproved, exception.ExitCode);
        Assert.Contains(sentence, exception.Message, StringComparison.Ordinal);
    }
}
