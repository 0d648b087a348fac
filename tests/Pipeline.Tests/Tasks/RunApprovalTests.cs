using BuildPipeline.Accounts;
using BuildPipeline.Approvals;
using BuildPipeline.Pipeline.Tests.Accounts;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class RunApprovalTests
{
    [Fact]
    public async Task Given_TheDigestOfTheRun_When_Approved_Then_TheApprovalIsInTheLog()
    {
        using var flow = await FlowFixture.PricedAsync();
        var digest = ApprovalDigest.Compute(flow.Call.Run.Subject!);

        await flow.Approval.RunAsync(default);

        var recorded = await flow.RecordedAsync();
        Assert.Equal((RunStage.Approved, digest, ApprovalSource.Sandbox), (recorded.Stage, recorded.Approval!.Digest, recorded.Approval.Source));
    }

    [Fact]
    public async Task Given_AnAccountInWhichAPersonApproves_When_NobodyIsThere_Then_TheRunIsRefusedAndStaysPriced()
    {
        using var flow = await FlowFixture.PricedAsync(new TestAccount { Approval = ApprovalMode.Person });

        Assert.Equal(ExitCode.NotApproved, (await Assert.ThrowsAsync<PipelineException>(() => flow.Approval.RunAsync(default))).ExitCode);

        Assert.Equal((RunStage.Priced, null), ((await flow.RecordedAsync()).Stage, flow.Call.Run.Approval));
    }

    [Fact]
    public async Task Given_AnApprovalThatExpired_When_TheClockGoesBack_Then_ItStaysExpired()
    {
        using var flow = await FlowFixture.PricedAsync();
        await flow.Approval.RunAsync(default);
        var expired = flow.Call.Run.Subject!.ExpiresAt;
        flow.Time.SetUtcNow(expired.AddSeconds(1));
        await Assert.ThrowsAsync<PipelineException>(() => flow.Approval.VerifyAsync(default));

        await flow.UpdateAsync(run => run with { Subject = run.Subject! with { ExpiresAt = expired.AddDays(1) } });

        Assert.Equal(ExitCode.NotApproved, (await Assert.ThrowsAsync<PipelineException>(() => flow.Approval.VerifyAsync(default))).ExitCode);
        Assert.NotNull((await flow.RecordedAsync()).ApprovalExpiredAt);
    }

    [Fact]
    public async Task Given_ASubmittedRun_When_TheProgramIsEdited_Then_ItsApprovalStillHolds()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        flow.EditProgram();

        await flow.Approval.VerifyAsync(default);
    }

    [Fact]
    public async Task Given_AJobThatIsNotEnabled_When_Launched_Then_ItIsRefusedBeforeAnybodyIsAsked()
    {
        using var flow = await FlowFixture.PricedAsync();
        await flow.UpdateAsync(run => run with { Subject = run.Subject! with { Job = run.Subject.Job with { Enabled = false } } });

        Assert.Equal(ExitCode.Refused, (await Assert.ThrowsAsync<PipelineException>(() => flow.Approval.RunAsync(default))).ExitCode);
        Assert.Null(flow.Call.Run.Approval);
    }

    [Fact]
    public async Task Given_ARunThatNeedsNoApproval_When_TheTaskRuns_Then_ItAsksNobody()
    {
        using var flow = await FlowFixture.PricedAsync(new TestAccount { Approval = ApprovalMode.Person }, "--target=Approve");
        flow.Call.Session.Steps = [];
        using var signals = new ShutdownSignals();

        await new ApproveTask(flow.Approval, flow.Call.Session).RunAsync(flow.Context(signals));

        Assert.Null(flow.Call.Run.Approval);
    }
}
