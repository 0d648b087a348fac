using BuildPipeline.Accounts;
using BuildPipeline.Approvals;
using BuildPipeline.Approvals.Comments;
using BuildPipeline.Pipeline.Tests.Accounts;
using BuildPipeline.Pipeline.Tests.Tasks;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Approvals;

/// <summary>Attempts to spend what no comment on the pull request approved: each is refused with exit code 4. <see cref="ApprovalAttackTests"/> has what is common to all ways.</summary>
public sealed class CommentAttackTests
{
    /// <summary>What an attacker changes of the comment, or what changed since, and the error that meets the launch.</summary>
    private static readonly Dictionary<string, (Func<CommentFacts, CommentFacts> Change, ErrorCode Code)> OfFacts = new()
    {
        ["comment of a bot"] = (facts => facts with { Comment = facts.Comment with { IsPerson = false } }, CommentErrors.NotAPerson),
        ["edited comment"] = (facts => facts with { Comment = facts.Comment with { UpdatedAt = facts.Comment.CreatedAt.AddSeconds(1) } }, CommentErrors.Edited),
        ["own pull request"] = (facts => facts with { Requesters = ["Reviewer", "bot"] }, CommentErrors.OwnComment),
        ["own launch"] = (facts => facts with { Requesters = ["author", "reviewer"] }, CommentErrors.OwnComment),
        ["forged environment variables"] = (facts => facts with { Requesters = null }, CommentErrors.UnknownRequester),
        ["nobody who asks"] = (facts => facts with { Requesters = [] }, CommentErrors.UnknownRequester),
        ["not on the list"] = (facts => facts with { Approvers = "somebody" }, CommentErrors.NotListed),
        ["removed from the list since"] = (facts => facts with { Approvers = "# reviewer\n" }, CommentErrors.NotListed),
        ["not in the team"] = (facts => facts with { Approvers = "@acme/payers", Teams = [new("acme/payers", false)] }, CommentErrors.NotListed),
        ["team that no token may read"] = (facts => facts with { Approvers = "@acme/payers", Teams = [new("acme/payers", null)] }, CommentErrors.NotListed),
        ["login that starts like an approver's"] = (facts => facts with { Approvers = "reviewer-2" }, CommentErrors.NotListed),
        ["no list"] = (facts => facts with { Approvers = null }, CommentErrors.InvalidList),
        ["list that is none"] = (facts => facts with { Approvers = "everybody *" }, CommentErrors.InvalidList),
        ["may only read"] = (facts => facts with { Permission = "read" }, CommentErrors.MayNotWrite),
        ["permission removed since"] = (facts => facts with { Permission = "none" }, CommentErrors.MayNotWrite),
        ["expired"] = (facts => facts with { ReadAt = facts.Comment.CreatedAt.AddHours(24).AddSeconds(1) }, CommentErrors.Late),
        ["clock moved back"] = (facts => facts with { ReadAt = facts.Comment.CreatedAt.AddSeconds(-1) }, CommentErrors.Late),
    };

    /// <summary>What is approved instead of the run, and the error that meets the launch.</summary>
    private static readonly Dictionary<string, (Func<ApprovalSubject, string> Body, ErrorCode Code)> OfBody = new()
    {
        ["another digest"] = (_ => $"/approve {new string('0', 64)}", CommentErrors.OtherDigest),
        ["the digest of this run, which nobody saw on the pull request"] = (subject => $"/approve {ApprovalDigest.Compute(subject)}", CommentErrors.OtherDigest),
        ["stale plan"] = (subject => Approve(subject with { PlanContentSha256 = new string('0', 64) }), CommentErrors.OtherDigest),
        ["another environment"] = (subject => Approve(subject with { Environment = "dev" }), CommentErrors.OtherDigest),
        ["lower amount"] = (subject => Approve(subject with { Ceiling = new Usd(0.01m) }), CommentErrors.OtherDigest),
        ["lower amount, typed"] = (subject => $"/approve {ApprovalDigest.ComputeContent(subject)} 0.01", CommentErrors.OtherAmount),
        ["higher amount, typed"] = (subject => $"/approve {ApprovalDigest.ComputeContent(subject)} 1000000", CommentErrors.OtherAmount),
        ["smaller job"] = (subject => Approve(subject with { Job = subject.Job with { InstanceCount = 1 + subject.Job.InstanceCount } }), CommentErrors.OtherDigest),
        ["other program"] = (subject => Approve(subject with { SourceSha256 = new string('0', 64) }), CommentErrors.OtherDigest),
        ["other data"] = (subject => Approve(subject with { DataSha256 = new Dictionary<string, string>() }), CommentErrors.OtherDigest),
        ["no comment in an unprotected environment"] = (_ => "Looks fine.", ApprovalErrors.NoRequiredReviewers),
        ["quoted command"] = (subject => $"> {Approve(subject)}", ApprovalErrors.NoRequiredReviewers),
        ["digest of 15 digits"] = (subject => $"/approve {ApprovalDigest.ComputeContent(subject)![..15]}", ApprovalErrors.NoRequiredReviewers),
    };

    public static IEnumerable<object[]> Facts => OfFacts.Keys.Select(name => new object[] { name });

    public static IEnumerable<object[]> Bodies => OfBody.Keys.Select(name => new object[] { name });

    /// <summary>A run that an approver's comment on the pull request approves, in a workflow whose environment has no reviewers.</summary>
    internal static async Task<FlowFixture> CommentedAsync(TestAccount? account = null)
    {
        var flow = await FlowFixture.SignableAsync(account ?? new TestAccount { Approval = ApprovalMode.Person }, "--target=Launch", $"--github-repository={FakeComments.Repository}", "--github-issue=7");
        flow.Reviews.ReadAsync(default).ReturnsForAnyArgs(ReviewRulesTests.Reviewed(ApprovalDigest.Compute(flow.Call.Run.Subject!)) with { RequiresReviewers = false });
        flow.Comments.Facts.Add(FakeComments.Written(Approve(flow.Call.Run.Subject!), TestRuns.Start));
        return flow;
    }

    [Theory]
    [MemberData(nameof(Facts))]
    public async Task Given_AComment_When_ItOrItsAuthorDoesNotCount_Then_NothingIsApproved(string attack)
    {
        using var flow = await CommentedAsync();
        var (change, code) = OfFacts[attack];
        flow.Comments.Facts[0] = change(flow.Comments.Facts[0]);

        await RefusedAsync(flow, code);
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Given_AComment_When_ItApprovesSomethingElse_Then_NothingIsApproved(string attack)
    {
        using var flow = await CommentedAsync();
        var (body, code) = OfBody[attack];
        flow.Comments.Facts[0] = FakeComments.Written(body(flow.Call.Run.Subject!), TestRuns.Start);

        await RefusedAsync(flow, code);
    }

    [Fact]
    public async Task Given_ACommentThatOneRunHasUsed_When_AnotherOfTheSameContentAsks_Then_ItIsRefusedAndTheFirstMayAskAgain()
    {
        using var flow = await CommentedAsync();
        var comment = (await flow.CommentApprovals.FindAsync(new(new(FakeComments.Repository, 7), "other", ApprovalDigest.ComputeContent(flow.Call.Run.Subject!)!, flow.Call.Run.Subject!.Ceiling, false), default))!;
        await flow.CommentApprovals.ClaimAsync(comment, "20260131-120000-ffff", default);
        await flow.CommentApprovals.ClaimAsync(comment, "20260131-120000-ffff", default);

        await RefusedAsync(flow, CommentErrors.Used);
    }

    [Fact]
    public async Task Given_AGitHubThatIsSilent_When_Launched_Then_NothingIsApproved()
    {
        using var flow = await CommentedAsync();
        flow.Comments.Fault = new PipelineException(CommentErrors.Unreadable, "down");

        await RefusedAsync(flow, CommentErrors.Unreadable);
    }

    [Fact]
    public async Task Given_AnEditedPlanArtifact_When_TheCommentApprovedThePlanAsItWas_Then_NothingIsSubmitted()
    {
        using var flow = await CommentedAsync();
        var digest = ApprovalDigest.Compute(flow.Call.Run.Subject!);
        await flow.ApprovalWith(digest).RunAsync(default);
        flow.Write(flow.Call.Session.PathOf(RunFiles.Plan), "another plan");

        Assert.Equal(ApprovalErrors.Void, (await Assert.ThrowsAsync<PipelineException>(() => flow.ApprovalWith(digest).VerifyAsync(default))).Code);
    }

    [Fact]
    public async Task Given_AnEditedRecordOfThePlan_When_ItsContentIsThatOfACheaperOne_Then_TheDigestOfTheFirstJobRefusesIt()
    {
        using var flow = await CommentedAsync();
        var digest = ApprovalDigest.Compute(flow.Call.Run.Subject!);
        await flow.UpdateAsync(run => run with { Subject = run.Subject! with { PlanContentSha256 = new string('0', 64) } });

        Assert.Equal(ApprovalErrors.OtherDigest, (await Assert.ThrowsAsync<PipelineException>(() => flow.ApprovalWith(digest).RunAsync(default))).Code);
    }

    [Fact]
    public async Task Given_ACommentThatExpiresBeforeTheRun_When_ItsTimeIsOver_Then_NothingIsSubmittedEvenIfTheClockGoesBack()
    {
        using var flow = await CommentedAsync();
        flow.Comments.Facts[0] = FakeComments.Written(Approve(flow.Call.Run.Subject!), TestRuns.Start.AddHours(-23));
        await flow.Approval.RunAsync(default);
        var approval = flow.Call.Run.Approval!;
        Assert.Equal(TestRuns.Start.AddHours(1), approval.ExpiresAt);
        Assert.Contains($"{approval.ExpiresAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}", approval.ToStatement().ExpiresAt, StringComparison.Ordinal);

        flow.Time.SetUtcNow(approval.ExpiresAt.AddSeconds(1));
        Assert.Equal(ApprovalErrors.Expired, (await Assert.ThrowsAsync<PipelineException>(() => flow.Approval.VerifyAsync(default))).Code);

        await flow.UpdateAsync(run => run with { Approval = approval with { Comment = approval.Comment! with { ExpiresAt = approval.Comment.ExpiresAt.AddDays(1) } } });
        Assert.Equal(ExitCode.NotApproved, (await Assert.ThrowsAsync<PipelineException>(() => flow.Approval.VerifyAsync(default))).ExitCode);
    }

    [Fact]
    public async Task Given_TwoComments_When_TheNewerOneDoesNotCount_Then_TheOtherApproves()
    {
        using var flow = await CommentedAsync();
        var first = flow.Comments.Facts[0];
        flow.Comments.Facts.Add(first with { Comment = first.Comment with { Id = 18, Author = "stranger" }, Permission = "none" });

        await flow.Approval.RunAsync(default);

        Assert.Equal((ApprovalSource.Comment, "reviewer", 17L), (flow.Call.Run.Approval!.Source, flow.Call.Run.Approval.Approver, flow.Call.Run.Approval.Comment!.Id));
    }

    [Theory]
    [InlineData("@acme/payers", true)]
    [InlineData("Reviewer", null)]
    public async Task Given_ATeamOrALogin_When_TheAuthorIsMeant_Then_TheCommentApproves(string list, bool? isMember)
    {
        using var flow = await CommentedAsync();
        flow.Comments.Facts[0] = flow.Comments.Facts[0] with { Approvers = list, Teams = isMember is { } member ? [new("acme/payers", member)] : [] };

        await flow.Approval.RunAsync(default);

        Assert.Equal(ApprovalSource.Comment, flow.Call.Run.Approval!.Source);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public async Task Given_TheCommentOfWhoAsked_When_TheCeilingIsUnderTheAmountForIt_Then_ItApprovesOnlyThen(decimal above, bool isApproved)
    {
        using var flow = await CommentedAsync();
        flow.Comments.Facts[0] = flow.Comments.Facts[0] with { Requesters = ["reviewer"] };
        await flow.UpdateAsync(run => run with { Plan = run.Plan! with { AutoApproveUsd = new Usd(run.Subject!.Ceiling.Amount + above) } });

        var failure = await Record.ExceptionAsync(() => flow.Approval.RunAsync(default));

        Assert.Equal(isApproved, failure is null);
    }

    [Fact]
    public async Task Given_ARefusedComment_When_AReviewerReleasedTheJob_Then_TheReviewApproves()
    {
        using var flow = await CommentedAsync();
        flow.Comments.Facts[0] = flow.Comments.Facts[0] with { Permission = "read" };
        var digest = ApprovalDigest.Compute(flow.Call.Run.Subject!);
        flow.Reviews.ReadAsync(default).ReturnsForAnyArgs(ReviewRulesTests.Reviewed(digest));

        await flow.ApprovalWith(digest).RunAsync(default);

        Assert.Equal(ApprovalSource.GitHubEnvironment, flow.Call.Run.Approval!.Source);
    }

    [Fact]
    public void Given_AnEqualPlanOfAnotherRun_When_ItsContentIsHashed_Then_TheDigestIsTheSameAndTheRunsIsNot()
    {
        var subject = Sample.Subject with { PlanContentSha256 = new string('e', 64) };
        var again = subject with { RunId = "20260131-130000-ffff", PlanSha256 = new string('f', 64), PricesSha256 = new string('0', 64), ExpiresAt = subject.ExpiresAt.AddHours(1) };

        Assert.Equal(ApprovalDigest.ComputeContent(subject), ApprovalDigest.ComputeContent(again));
        Assert.NotEqual(ApprovalDigest.Compute(subject), ApprovalDigest.Compute(again));
        Assert.Null(ApprovalDigest.ComputeContent(Sample.Subject));
    }

    private static string Approve(ApprovalSubject subject) => $"/approve {ApprovalDigest.ComputeContent(subject)}";

    private static async Task RefusedAsync(FlowFixture flow, ErrorCode code)
    {
        var refused = await Assert.ThrowsAsync<PipelineException>(() => flow.ApprovalWith(ApprovalDigest.Compute(flow.Call.Run.Subject!)).RunAsync(default));

        Assert.Equal((code, ExitCode.NotApproved), (refused.Code, refused.ExitCode));
        Assert.Null((await flow.RecordedAsync()).Approval);
    }
}
