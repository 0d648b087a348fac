using BuildPipeline.Accounts;

namespace BuildPipeline.Approvals.Comments;

/// <summary>What a comment on a pull request is asked to approve.</summary>
/// <param name="Issue">The pull request.</param>
/// <param name="RunId">The run.</param>
/// <param name="Digest">Digest of its content.</param>
/// <param name="Ceiling">Its amount, dollars.</param>
/// <param name="AllowSelfApproval">True if whoever asked may approve too.</param>
public sealed record CommentRequest(GitHubIssue Issue, string RunId, string Digest, Usd Ceiling, bool AllowSelfApproval);

/// <summary>Finds the comment that approves a run.</summary>
public sealed class CommentApprovals(IPullRequestComments comments, CommentUses uses)
{
    // Each is a handful of requests, and others may comment too.
    private const int MostTried = 20;

    /// <summary>The newest comment that approves the run, as GitHub has it now; null if no comment approves anything.</summary>
    /// <exception cref="PipelineException">Comments approve another digest, or the one that names this digest does not count (exit code 4); or GitHub does not answer (4).</exception>
    public async Task<ApprovalComment?> FindAsync(CommentRequest request, CancellationToken cancellationToken)
    {
        PipelineException? newest = null;
        foreach (var (comment, command) in CommentRules.Find(await comments.ListAsync(request.Issue, cancellationToken), request.Digest).Take(MostTried))
        {
            try
            {
                var facts = await comments.ReadFactsAsync(request.Issue.Repository, comment, isLaunch: true, cancellationToken);
                CommentRules.RequireApproval(facts, command, request.Ceiling, request.AllowSelfApproval);
                return ApprovalComment.From(facts, request);
            }
            catch (PipelineException refusal)
            {
                newest ??= refusal;
            }
        }

        return newest is null ? null : throw newest;
    }

    /// <summary>Keeps the comment for the run: it approves no other.</summary>
    /// <exception cref="PipelineException">Another run has used it (exit code 4), or the bucket cannot be written.</exception>
    public Task ClaimAsync(ApprovalComment comment, string runId, CancellationToken cancellationToken) => uses.ClaimAsync(comment, runId, cancellationToken);
}
