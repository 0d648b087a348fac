using BuildPipeline.Accounts;
using BuildPipeline.Approvals;
using BuildPipeline.Approvals.Comments;
using BuildPipeline.Reporting.GitHub;
using BuildPipeline.Terminal;

namespace BuildPipeline.Tasks;

/// <summary>What the gate says to the steps that follow: digest and amount, and whether a comment on the pull request approves them already.</summary>
public sealed class GateOutputs(PipelineCall call, IAccount account, GitHubActions actions, CommentApprovals comments)
{
    /// <summary>Sets the outputs. A comment that does not count is a warning: reviewers can still approve.</summary>
    /// <param name="subject">What is put up for approval.</param>
    public async Task SetAsync(ApprovalSubject subject, CancellationToken cancellationToken)
    {
        actions.SetOutputs(subject.RunId, ApprovalDigest.Compute(subject), subject.Ceiling);
        if (ApprovalDigest.ComputeContent(subject) is { } digest && (actions.AreRead || call.Options.GitHubIssue is not null)
            && GitHubIssue.Named(call.Options.GitHubRepository, call.Options.GitHubIssue, account.GitHub) is { } issue)
        {
            var request = new CommentRequest(issue, subject.RunId, digest, subject.Ceiling, call.Run.Plan!.AllowsSelfApproval(subject.Ceiling));
            actions.SetApproved(digest, await IsApprovedAsync(request, cancellationToken));
        }
    }

    private async Task<bool> IsApprovedAsync(CommentRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (await comments.FindAsync(request, cancellationToken) is { } comment)
            {
                call.Console.Done($"{comment.Author} approves up to {request.Ceiling} in {comment.Url}. Launch verifies it again.");
                return true;
            }

            call.Console.Say($"To approve it on pull request {request.Issue.Number}, comment there:\n  {CommentCommand.ToApprove(request.Digest, request.Ceiling)}");
        }
        catch (PipelineException refusal)
        {
            call.Console.Warn($"No comment approves this. {refusal.MessageWithId}");
        }

        return false;
    }
}
