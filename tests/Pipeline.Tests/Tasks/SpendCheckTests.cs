using BuildPipeline.Accounts;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class SpendCheckTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData(3600, true)]
    [InlineData(5, true)]
    [InlineData(4, false)]
    [InlineData(-10, false)]
    public async Task Given_CredentialsThatNothingRenews_When_AnApplyStarts_Then_TheyHaveToLast(int? seconds, bool isApplied)
    {
        using var flow = await FlowFixture.PricedAsync(null, "--target=Apply");
        await flow.Approval.RunAsync(default);
        flow.Terraform.Outputs = FakeTerraform.OutputsOf(TestRuns.Job);
        flow.Account.CredentialsEndAt = seconds is { } left ? flow.Time.GetUtcNow().AddSeconds(left) : null;
        flow.Call.Session.Steps = [RunStep.Apply];

        var failure = await Record.ExceptionAsync(() => flow.RunAsync(new ApplyTask(flow.Call, flow.Files, flow.Stack, flow.Approval, flow.Hold, flow.Renewal, flow.Spend)));

        Assert.Equal(isApplied ? null : AccountErrors.ShortCredentials, (failure as PipelineException)?.Code);
        Assert.Equal(isApplied, (await flow.RecordedAsync()).ApplyStartedAt is not null);
        Assert.Equal(isApplied, flow.Terraform.Commands.Count > 0);
    }

    [Fact]
    public async Task Given_CredentialsThatEndSoon_When_AJobIsToBeSubmitted_Then_NothingIsUploadedAndTheRunContinuesWithNewOnes()
    {
        using var flow = await FlowFixture.AppliedAsync();
        flow.Account.CredentialsEndAt = flow.Time.GetUtcNow().AddSeconds(1);

        var failure = await Assert.ThrowsAsync<PipelineException>(() => flow.Submission.RunAsync(default));

        Assert.Equal((AccountErrors.ShortCredentials, ExitCode.StillRunning), (failure.Code, failure.ExitCode));
        Assert.Contains($"--target=Launch --run={flow.Call.Run.RunId}", failure.Message, StringComparison.Ordinal);
        Assert.Empty(flow.Jobs.Created);
        Assert.DoesNotContain("launch.intent", await flow.EventsAsync());

        flow.Account.CredentialsEndAt = null;
        await flow.Submission.RunAsync(default);
        Assert.Single(flow.Jobs.Created);
    }
}
