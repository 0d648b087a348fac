using BuildPipeline.Accounts;
using BuildPipeline.Approvals.Comments;

namespace BuildPipeline.Approvals;

/// <summary>What the command line and the environment say about approving.</summary>
/// <param name="ApproveOption">Digest of <c>--approve</c>; null if it is not given.</param>
/// <param name="AllowSelfApproval">True if whoever asked may approve too.</param>
/// <param name="Repository">OWNER/NAME of the pull request; null takes the account's own.</param>
/// <param name="PullRequest">Where a comment may have approved; null takes that of the workflow, if it has one.</param>
public sealed record ApprovalRequestOptions(string? ApproveOption, bool AllowSelfApproval = false, string? Repository = null, int? PullRequest = null);

/// <summary>What somebody is asked to approve.</summary>
/// <param name="Name">What it is, for example <c>Run 20260131-120000-1a2b</c>.</param>
/// <param name="Id">The run or sweep, as <c>--run</c> takes it.</param>
/// <param name="Digest">The digest.</param>
/// <param name="Ceiling">The amount, dollars.</param>
/// <param name="ExpiresAt">After this moment the approval is void.</param>
/// <param name="ContentDigest">The digest of its content, which a comment names; null for what no comment approves.</param>
public sealed record ApprovalRequest(string Name, string Id, string Digest, Usd Ceiling, DateTimeOffset ExpiresAt, string? ContentDigest = null);

/// <summary>Asks a person at a terminal.</summary>
public interface IApprovalPrompt
{
    /// <summary>True if a person can be asked.</summary>
    bool CanAsk { get; }

    /// <summary>Asks for the amount; what was typed, as typed.</summary>
    Task<string> AskAmountAsync(ApprovalRequest request, CancellationToken cancellationToken);
}

/// <summary>Gives and checks approvals; each binds exactly one digest.</summary>
public sealed class ApprovalService(IAccount account, IApprovalPrompt prompt, IWorkflowReviews reviews, CommentApprovals comments, ApprovalStatements statements, CommandHints hints)
{
    /// <summary>Signs them, where the environment has a key, and checks the signatures.</summary>
    public ApprovalStatements Statements => statements;

    /// <summary>Gets the approval of a run.</summary>
    /// <param name="subject">What is put up for approval.</param>
    /// <inheritdoc cref="AskAsync"/>
    public async Task<ApprovalRecord> ApproveAsync(
        ApprovalSubject subject, ApprovalRequestOptions options, Func<CancellationToken, Task<DateTimeOffset>> now, CancellationToken cancellationToken)
    {
        var digest = ApprovalDigest.Compute(subject);
        return (await AskAsync(new($"Run {subject.RunId}", subject.RunId, digest, subject.Ceiling, subject.ExpiresAt, ApprovalDigest.ComputeContent(subject)), options, now, cancellationToken)).For(digest, subject);
    }

    /// <summary>Gets an approval.</summary>
    /// <param name="request">What is put up for approval.</param>
    /// <param name="options">How it may be given.</param>
    /// <param name="now">The time, by the service's clock; read when the approval is given, because a person may take long to type. Refuses where the request has expired by then.</param>
    /// <exception cref="PipelineException">It is not given, or for something else, or not verified (exit code 4).</exception>
    public async Task<ApprovalGrant> AskAsync(
        ApprovalRequest request, ApprovalRequestOptions options, Func<CancellationToken, Task<DateTimeOffset>> now, CancellationToken cancellationToken)
    {
        async Task<ApprovalGrant> ByAsync(ApprovalSource source, string approver) => new(source, approver, await now(cancellationToken), Requester: Environment.UserName);
        if (options.ApproveOption is { } given && given != request.Digest)
        {
            throw new PipelineException(ApprovalErrors.OtherDigest, $"--approve={given} is not the digest of this {request.Name.Split(' ')[0].ToLowerInvariant()}, which is {request.Digest}. Check the plan and the price before you approve it.");
        }

        if (options.ApproveOption is null && account.Approval == ApprovalMode.Automatic)
        {
            return await ByAsync(ApprovalSource.Sandbox, "sandbox");
        }

        var (comment, refusal) = await CommentAsync(request, options, cancellationToken);
        if (comment is not null)
        {
            await comments.ClaimAsync(comment, request.Id, cancellationToken);
            return await ByAsync(ApprovalSource.Comment, comment.Author) with { Comment = comment, Requester = comment.RequestedBy };
        }

        if (options.ApproveOption is not null)
        {
            return await ReleasedAsync(request, options, refusal, cancellationToken) is { } review
                ? await ByAsync(ApprovalSource.GitHubEnvironment, review.Reviewer) with { Review = review, Requester = review.RequestedBy }
                : await ByAsync(ApprovalSource.Option, Environment.UserName);
        }

        if (!prompt.CanAsk)
        {
            throw new PipelineException(ApprovalErrors.NoTerminal, $"{request.Name} needs an approval of {request.Ceiling}, and no interactive terminal is available. Approve it with:\n  {hints.For("Approve", $"--run={request.Id}", $"--approve={request.Digest}")}");
        }

        var typed = await prompt.AskAmountAsync(request, cancellationToken);
        return IsAmount(typed, request.Ceiling)
            ? await ByAsync(ApprovalSource.Terminal, Environment.UserName)
            : throw new PipelineException(ApprovalErrors.OtherAmount, $"'{typed}' is not the amount {request.Ceiling}. Nothing was approved.");
    }

    /// <summary>The approval of a run.</summary>
    /// <exception cref="PipelineException">It has none (exit code 4).</exception>
    public ApprovalRecord Given(IApprovableRun run) =>
        run.Approval ?? throw new PipelineException(ApprovalErrors.Missing, $"Run {run.RunId} is not approved. Approve it with:\n  {hints.For("Approve", $"--run={run.RunId}")}");

    /// <summary>Refuses an approval that does not cover what would be done now.</summary>
    /// <param name="approval">The approval.</param>
    /// <param name="now">What would be done now.</param>
    /// <exception cref="PipelineException">Something changed since (exit code 4).</exception>
    public static void Verify(ApprovalRecord approval, ApprovalSubject now)
    {
        if (ApprovalDigest.Compute(now) != approval.Digest)
        {
            var changed = string.Join(", ", ApprovalDigest.Differences(approval.Subject, now));
            throw new PipelineException(ApprovalErrors.Void, $"The approval of run {now.RunId} is void: {(changed.Length == 0 ? "its digest does not match its content" : $"{changed} changed since it was given")}. Plan again and get a new approval.");
        }
    }

    /// <summary>When the time for approval and first submission was first seen to be over; null if it is not. Once seen, it stays over.</summary>
    /// <param name="run">A priced run.</param>
    /// <param name="now">The time, by the service's clock.</param>
    public static DateTimeOffset? ExpirySeen(IApprovableRun run, DateTimeOffset now) =>
        run.ApprovalExpiredAt ?? (now > EndOf(run) ? now : null);

    /// <summary>Refuses a run whose time for approval and first submission is over.</summary>
    /// <exception cref="PipelineException">It is (exit code 4).</exception>
    public static void RequireInTime(IApprovableRun run)
    {
        if (run.ApprovalExpiredAt is { } seen)
        {
            throw new PipelineException(ApprovalErrors.Expired, $"The approval of run {run.RunId} expired at {EndOf(run):u} (seen at {seen:u}) before a job was submitted. Plan again and get a new approval.");
        }
    }

    /// <summary>Refuses a run whose configuration was edited after its plan.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="changed">The files that were edited.</param>
    /// <exception cref="PipelineException">There are some (exit code 4).</exception>
    public static void RequireSame(string runId, IReadOnlyList<string> changed)
    {
        if (changed.Count > 0)
        {
            throw new PipelineException(ApprovalErrors.ConfigurationChanged, $"{string.Join(", ", changed)} changed after run {runId} was planned, so its plan no longer matches the configuration. Undo the change, or start a new run.");
        }
    }

    // A review can still release what no comment approves.
    private async Task<(ApprovalComment? Found, PipelineException? Refusal)> CommentAsync(ApprovalRequest request, ApprovalRequestOptions options, CancellationToken cancellationToken)
    {
        if ((GitHubIssue.Named(options.Repository, options.PullRequest, account.GitHub), request.ContentDigest) is not ({ } issue, { } digest))
        {
            return default;
        }

        try
        {
            return (await comments.FindAsync(new(issue, request.Id, digest, request.Ceiling, options.AllowSelfApproval), cancellationToken), null);
        }
        catch (PipelineException refusal)
        {
            return (null, refusal);
        }
    }

    // Whoever has a refused comment and no workflow run that could have been reviewed is told why; where the comments are about something else, or GitHub is silent, a person's own digest counts as it does without them.
    private async Task<ApprovalReview?> ReleasedAsync(ApprovalRequest request, ApprovalRequestOptions options, PipelineException? refusal, CancellationToken cancellationToken)
    {
        try
        {
            return await reviews.ReadAsync(cancellationToken) is { } found ? ReviewRules.Judge(found, request.Digest, options.AllowSelfApproval)
                : refusal is null || refusal.Code == CommentErrors.OtherDigest || refusal.Code == CommentErrors.Unreadable ? null : throw refusal;
        }
        catch (PipelineException) when (refusal is not null)
        {
            throw refusal;
        }
    }

    private static DateTimeOffset EndOf(IApprovableRun run) => run.Approval?.ExpiresAt ?? run.Subject!.ExpiresAt;

    private static bool IsAmount(string typed, Usd ceiling) =>
        decimal.TryParse(typed.Trim().TrimStart('$'), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var amount)
        && amount == ceiling.Amount;
}
