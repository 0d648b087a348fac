using BuildPipeline.Accounts;
using BuildPipeline.Approvals;
using BuildPipeline.Pipeline.Tests.Accounts;

namespace BuildPipeline.Pipeline.Tests.Approvals;

/// <summary>Environment variables are claims. What GitHub answers over a connection is tested with the sandbox's GitHub.</summary>
public sealed class GitHubReviewsTests
{
    [Theory]
    [InlineData("GITHUB_RUN_ID", "17")]
    [InlineData("GITHUB_RUN_ID", "seventeen")]
    [InlineData("GITHUB_REPOSITORY", "acme")]
    public async Task Given_AWorkflowThatNobodyCanAskFor_When_AnApprovalIsToBeVerified_Then_ItIsRefused(string name, string value)
    {
        var refused = await Assert.ThrowsAsync<PipelineException>(() => ReadAsync(ApprovalMode.Person, ("GITHUB_ACTIONS", "true"), (name, value)));

        Assert.Equal((ApprovalErrors.UnknownWorkflowRun, ExitCode.NotApproved), (refused.Code, refused.ExitCode));
    }

    [Fact]
    public async Task Given_NoWorkflowOrNothingToSpend_When_Read_Then_ThereIsNoReview()
    {
        Assert.Null(await ReadAsync(ApprovalMode.Person, ("GITHUB_RUN_ID", "17")));
        Assert.Null(await ReadAsync(ApprovalMode.Automatic, ("GITHUB_ACTIONS", "true")));
    }

    private static Task<WorkflowReviews?> ReadAsync(ApprovalMode mode, params (string Name, string Value)[] variables) =>
        new GitHubReviews(new TestAccount { Approval = mode }, name => variables.FirstOrDefault(variable => variable.Name == name).Value).ReadAsync(default);
}
