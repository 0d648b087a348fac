namespace BuildPipeline.Approvals.Comments;

/// <summary>A comment that approves a run, as GitHub had it.</summary>
public sealed record ApprovalComment
{
    /// <summary>OWNER/NAME.</summary>
    public required string Repository { get; init; }

    /// <summary>The pull request.</summary>
    public required int PullRequest { get; init; }

    /// <summary>The comment's number.</summary>
    public required long Id { get; init; }

    /// <summary>Its page.</summary>
    public required string Url { get; init; }

    /// <summary>Who wrote it.</summary>
    public required string Author { get; init; }

    /// <summary>Who asked: the last of those that opened the pull request or started the launch.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>When it was written, by GitHub's clock.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends to approve.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The digest of the content that it names, whole.</summary>
    public required string ContentDigest { get; init; }

    /// <summary>The comment that was verified.</summary>
    internal static ApprovalComment From(CommentFacts facts, CommentRequest request) => new()
    {
        Repository = request.Issue.Repository,
        PullRequest = facts.Comment.Issue,
        Id = facts.Comment.Id,
        Url = facts.Comment.Url,
        Author = facts.Comment.Author,
        RequestedBy = facts.Requesters![^1],
        CreatedAt = facts.Comment.CreatedAt,
        ExpiresAt = facts.Comment.CreatedAt + CommentRules.Validity,
        ContentDigest = request.Digest,
    };
}
