using BuildPipeline.Approvals;

namespace BuildPipeline.Pipeline.Tests.Approvals;

public sealed class ReviewRulesTests
{
    private static readonly string Digest = new('d', 64);

    /// <summary>A workflow run of somebody, released by somebody else.</summary>
    internal static WorkflowReviews Reviewed(string digest) => new()
    {
        RunId = 17,
        Attempt = 2,
        OwnAttempt = 2,
        Url = "https://github.example/runs/17",
        StartedBy = ["author"],
        Jobs = [new(17, "Plan and price", "completed", Sample.Noon), new(17, $"Launch for at most 1.51 USD, digest {ReviewRules.Prefix(digest)}", "in_progress", Sample.Noon.AddHours(1))],
        Reviews = [new(["gpu-spend"], true, "reviewer", "go")],
        Environment = "gpu-spend",
        RequiresReviewers = true,
    };

    [Fact]
    public void Given_AReviewOfTheDigest_When_Judged_Then_ItIsRecordedWithReviewerRequesterAndTime()
    {
        var review = ReviewRules.Judge(Reviewed(Digest), Digest, allowSelfApproval: false);

        Assert.Equal(("gpu-spend", "reviewer", "author", "go", 17L, 2L), (review.Environment, review.Reviewer, review.RequestedBy, review.Comment, review.WorkflowRunId, review.WorkflowRunAttempt));
        Assert.Equal(Sample.Noon.AddHours(1), review.ReleasedAt);
    }

    [Theory]
    [InlineData("no review")]
    [InlineData("rejected")]
    [InlineData("another environment")]
    [InlineData("no required reviewers")]
    [InlineData("another digest")]
    [InlineData("still waiting")]
    [InlineData("ended")]
    [InlineData("not started")]
    [InlineData("job of another run")]
    [InlineData("earlier attempt")]
    [InlineData("no attempt")]
    [InlineData("self")]
    [InlineData("self, started again")]
    public void Given_NoReviewThatCounts_When_Judged_Then_TheApprovalIsRefused(string fault)
    {
        var found = Reviewed(Digest);
        found = fault switch
        {
            "no review" => found with { Reviews = [] },
            "rejected" => found with { Reviews = [found.Reviews[0] with { Approved = false }] },
            "another environment" => found with { Reviews = [found.Reviews[0] with { Environments = ["docs"] }] },
            "no required reviewers" => found with { RequiresReviewers = false },
            "another digest" => Reviewed(new string('e', 64)),
            "still waiting" => found with { Jobs = [found.Jobs[1] with { Status = "waiting", StartedAt = null }] },
            "ended" => found with { Jobs = [found.Jobs[1] with { Status = "completed" }] },
            "not started" => found with { Jobs = [found.Jobs[1] with { StartedAt = null }] },
            "job of another run" => found with { Jobs = [found.Jobs[1] with { RunId = 16 }] },
            "earlier attempt" => found with { OwnAttempt = 1 },
            "no attempt" => found with { OwnAttempt = null },
            "self" => found with { Reviews = [found.Reviews[0] with { Reviewer = "Author" }] },
            _ => found with { StartedBy = ["author", "reviewer"] },
        };

        var refusal = Assert.Throws<PipelineException>(() => ReviewRules.Judge(found, Digest, allowSelfApproval: false));

        Assert.Equal(ExitCode.NotApproved, refusal.ExitCode);
    }

    [Fact]
    public void Given_AReviewByTheAuthor_When_SelfApprovalIsAllowed_Then_ItCounts()
    {
        var found = Reviewed(Digest);
        found = found with { Reviews = [found.Reviews[0] with { Reviewer = "author" }] };

        Assert.Equal("author", ReviewRules.Judge(found, Digest, allowSelfApproval: true).Reviewer);
    }

    [Fact]
    public void Given_ReviewsByTheAuthorAndAnother_When_Judged_Then_TheOtherOneCounts()
    {
        var found = Reviewed(Digest);
        found = found with { Reviews = [found.Reviews[0] with { Reviewer = "author" }, found.Reviews[0]] };

        Assert.Equal("reviewer", ReviewRules.Judge(found, Digest, allowSelfApproval: false).Reviewer);
    }
}
