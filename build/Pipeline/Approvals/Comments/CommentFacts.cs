using BuildPipeline.Accounts;

namespace BuildPipeline.Approvals.Comments;

/// <summary>A comment as GitHub has it.</summary>
public sealed record PullRequestComment
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary>The issue or pull request that it is on.</summary>
    public required int Issue { get; init; }

    /// <summary>Login of its author.</summary>
    public required string Author { get; init; }

    /// <summary>False if a bot wrote it, or an app in somebody's name.</summary>
    public required bool IsPerson { get; init; }

    /// <summary>Its text.</summary>
    public required string Body { get; init; }

    /// <summary>When it was written, by GitHub's clock.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was changed last.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Its page.</summary>
    public required string Url { get; init; }
}

/// <summary>Whether somebody is in a team of the approvers' list.</summary>
/// <param name="Team"><c>organisation/team</c>.</param>
/// <param name="IsMember">Null if no token may ask.</param>
public sealed record TeamMembership(string Team, bool? IsMember);

/// <summary>What GitHub says of a comment and of who wrote it.</summary>
public sealed record CommentFacts
{
    /// <summary>The comment.</summary>
    public required PullRequestComment Comment { get; init; }

    /// <summary>The approvers' list of the default branch; null if there is none.</summary>
    public required string? Approvers { get; init; }

    /// <summary>The teams of that list, as far as they were asked for.</summary>
    public IReadOnlyList<TeamMembership> Teams { get; init; } = [];

    /// <summary>What the author may do in the repository: <c>admin</c>, <c>write</c>, <c>read</c> or <c>none</c>.</summary>
    public required string Permission { get; init; }

    /// <summary>Who asks: who opened the pull request and, for a launch, who started it, the last one last. Null if GitHub does not say.</summary>
    public required IReadOnlyList<string>? Requesters { get; init; }

    /// <summary>GitHub's clock when it was asked.</summary>
    public required DateTimeOffset ReadAt { get; init; }
}

/// <summary>Reads what GitHub has of comments.</summary>
public interface IPullRequestComments
{
    /// <summary>A comment; null if there is none of this number.</summary>
    /// <exception cref="PipelineException">GitHub does not answer (exit code 4).</exception>
    Task<PullRequestComment?> FindAsync(string repository, long id, CancellationToken cancellationToken);

    /// <summary>The comments of an issue or pull request, oldest first; none where this process has no token.</summary>
    /// <exception cref="PipelineException">GitHub does not answer (exit code 4).</exception>
    Task<IReadOnlyList<PullRequestComment>> ListAsync(GitHubIssue issue, CancellationToken cancellationToken);

    /// <summary>What a command in a comment is judged by.</summary>
    /// <param name="repository">OWNER/NAME.</param>
    /// <param name="comment">The comment.</param>
    /// <param name="isLaunch">True if this process launches what is approved, so who started it counts as who asked.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="PipelineException">GitHub does not answer, or it is not on a pull request (exit code 4).</exception>
    Task<CommentFacts> ReadFactsAsync(string repository, PullRequestComment comment, bool isLaunch, CancellationToken cancellationToken);

    /// <summary>Answers on the issue or pull request of a comment.</summary>
    /// <exception cref="PipelineException">GitHub does not take the answer (exit code 4).</exception>
    Task ReplyAsync(string repository, PullRequestComment comment, string markdown, CancellationToken cancellationToken);
}
