namespace BuildPipeline.Approvals.Comments;

/// <summary>Decides which comment counts, from what GitHub says of it and of its author.</summary>
public static class CommentRules
{
    /// <summary>How long a comment approves.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromHours(24);

    private static readonly string[] Writing = ["admin", "write"];

    /// <summary>The comments that name the digest, newest first; empty if no comment approves anything.</summary>
    /// <param name="comments">The comments of the pull request, oldest first.</param>
    /// <param name="digest">Digest of the content.</param>
    /// <exception cref="PipelineException">They approve other digests only (exit code 4).</exception>
    public static IReadOnlyList<(PullRequestComment Comment, CommentCommand Command)> Find(IEnumerable<PullRequestComment> comments, string digest)
    {
        var approving = comments.Select(comment => (Comment: comment, Command: CommandOf(comment.Body)!)).Where(known => known.Command is { Kind: CommandKind.Approve }).Reverse().ToList();
        var found = approving.Where(known => known.Command.Approves(digest)).ToList();
        return approving.Count == 0 || found.Count > 0 ? found : throw new PipelineException(
            CommentErrors.OtherDigest,
            $"No comment approves {digest}. The newest, {approving[0].Comment.Url} by {approving[0].Comment.Author}, approves {approving[0].Command.Subject}, which has another plan, job, program, data or price. Compare both plans. Then have an approver comment:\n  /approve {digest}");
    }

    /// <summary>Refuses a comment that is not an unchanged one of an approver.</summary>
    /// <exception cref="PipelineException">It is not (exit code 4); each fault has its own error.</exception>
    public static void RequireApprover(CommentFacts facts)
    {
        RequireWriter(facts);
        var (author, list) = (facts.Comment.Author, ApproverList.Parse(facts.Approvers));
        if (list.Names(author) || facts.Teams.Any(team => team.IsMember == true))
        {
            return;
        }

        var unasked = facts.Teams.Where(team => team.IsMember is null).Select(team => $"@{team.Team}").ToList();
        throw new PipelineException(
            CommentErrors.NotListed,
            $"{author} is not listed in {ApproverList.File} of the default branch.{(unasked.Count == 0 ? "" : $" Whether they are in {string.Join(", ", unasked)} is not known: the workflow's own token may not read teams. Set GITHUB_TEAM_TOKEN to one of a GitHub App with 'members: read', or list people.")}");
    }

    /// <summary>Refuses a comment that is not an unchanged one of a person who may write to the repository.</summary>
    /// <exception cref="PipelineException">It is not (exit code 4); each fault has its own error.</exception>
    public static void RequireWriter(CommentFacts facts)
    {
        var comment = facts.Comment;
        if (!comment.IsPerson)
        {
            throw new PipelineException(CommentErrors.NotAPerson, $"{comment.Url} was written by {comment.Author}, a bot or app. Only a person's comment counts.");
        }

        if (comment.UpdatedAt != comment.CreatedAt)
        {
            throw new PipelineException(CommentErrors.Edited, $"{comment.Url} was edited at {comment.UpdatedAt:u}. Write the command in a new comment.");
        }

        if (!Writing.Contains(facts.Permission))
        {
            throw new PipelineException(CommentErrors.MayNotWrite, $"{comment.Author} has the permission '{facts.Permission}' in the repository, and a command needs 'write'.");
        }
    }

    /// <summary>Refuses a comment that does not approve a run of this content and amount now.</summary>
    /// <param name="facts">What GitHub says.</param>
    /// <param name="command">The command.</param>
    /// <param name="ceiling">The amount; null if it is not known yet.</param>
    /// <param name="allowSelfApproval">True if whoever asked may approve too.</param>
    /// <exception cref="PipelineException">It does not (exit code 4); each fault has its own error.</exception>
    public static void RequireApproval(CommentFacts facts, CommentCommand command, Usd? ceiling, bool allowSelfApproval)
    {
        RequireApprover(facts);
        var comment = facts.Comment;
        if (facts.Requesters is not { Count: > 0 } requesters)
        {
            throw new PipelineException(CommentErrors.UnknownRequester, $"GitHub does not say who started this launch, so it is not known whether {comment.Author} approved a run of their own. Give the job 'actions: read' and GITHUB_TOKEN.");
        }

        if (!allowSelfApproval && requesters.Contains(comment.Author, StringComparer.OrdinalIgnoreCase))
        {
            throw new PipelineException(CommentErrors.OwnComment, $"{comment.Author} opened pull request {comment.Issue} or started the launch, so somebody else has to approve it. A run whose ceiling is under auto_approve_usd is excepted; its launch decides.");
        }

        if (facts.ReadAt > comment.CreatedAt + Validity || facts.ReadAt < comment.CreatedAt)
        {
            throw new PipelineException(CommentErrors.Late, $"{comment.Url} was written at {comment.CreatedAt:u}, it is {facts.ReadAt:u} on GitHub, and a comment approves for {Validity.TotalHours:0} hours. Write a new comment.");
        }

        if (command.Amount is { } amount && ceiling is { } asked && amount != asked)
        {
            throw new PipelineException(CommentErrors.OtherAmount, $"{comment.Url} approves {amount}, and the run can cost up to {asked}. Check the price, and write a new comment.");
        }
    }

    // What is no command of a known form approves nothing.
    private static CommentCommand? CommandOf(string body)
    {
        try
        {
            return CommentCommand.Parse(body);
        }
        catch (PipelineException)
        {
            return null;
        }
    }
}
