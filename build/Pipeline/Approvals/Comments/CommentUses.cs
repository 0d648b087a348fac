using BuildPipeline.Aws;

namespace BuildPipeline.Approvals.Comments;

/// <summary>Which run has used which comment: in the state bucket, next to the runs. Each is written once.</summary>
public sealed class CommentUses(S3Documents documents, string environment)
{
    private const string What = "use of a comment";

    /// <summary>Keeps a comment for a run.</summary>
    /// <exception cref="PipelineException">Another run has used it (exit code 4), or the bucket cannot be written.</exception>
    public async Task ClaimAsync(ApprovalComment comment, string runId, CancellationToken cancellationToken)
    {
        var (key, use) = (string.Create(System.Globalization.CultureInfo.InvariantCulture, $"runs/{environment}/approvals/comment-{comment.Id}.json"), new CommentUse(comment.Repository, comment.Id, runId));
        if (!await documents.TryCreateAsync(key, use, What, cancellationToken)
            && (await documents.ReadAsync<CommentUse>(key, What, cancellationToken)).Value is var known && known != use)
        {
            throw new PipelineException(CommentErrors.Used, $"Run {known?.RunId} has used {comment.Url}, and a comment approves one run. Have an approver write a new one.");
        }
    }

    private sealed record CommentUse(string Repository, long CommentId, string RunId);
}
