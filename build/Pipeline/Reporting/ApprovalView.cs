using BuildPipeline.Approvals;
using BuildPipeline.Approvals.Comments;
using BuildPipeline.Sweeps;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Says what was approved, by whom, and how that is known.</summary>
public static class ApprovalView
{
    /// <summary>Shows the approval of a run.</summary>
    public static void Show(IAnsiConsole console, ApprovalRecord approval) =>
        Show(console, approval.Subject.Ceiling, approval.Digest, approval.Approver, SourceName(approval), approval.ApprovedAt);

    /// <summary>Shows the approval of a sweep.</summary>
    public static void Show(IAnsiConsole console, SweepRecord sweep)
    {
        var (subject, approval) = (sweep.Subject!, sweep.Approval!);
        Show(console, subject.Ceiling, approval.Digest, approval.Grant.Approver, SourceName(approval.Grant.Source, approval.Grant.Review, comment: null), approval.Grant.ApprovedAt);
    }

    private static void Show(IAnsiConsole console, Usd ceiling, string digest, string approver, string source, DateTimeOffset at) =>
        console.Done($"Approved up to {ceiling} by {approver} ({source}) at {Format.Moment(at)}, digest {Format.Short(digest)}.");

    /// <summary>How the approval was given.</summary>
    internal static string SourceName(ApprovalRecord approval) =>
        SourceName(approval.Source, approval.Review, approval.Comment) + (approval.Sweep is { } sweep ? $"; part of sweep {sweep.SweepId}, approved up to {sweep.Ceiling} with digest {Format.Short(sweep.Digest)}" : "");

    private static string SourceName(ApprovalSource source, ApprovalReview? review, ApprovalComment? comment) => (source, review) switch
    {
        (ApprovalSource.Terminal, _) => "amount typed at a terminal",
        (ApprovalSource.Comment, _) => $"commented on pull request {comment!.PullRequest} of {comment.Repository}: {comment.Url}; requested by {comment.RequestedBy}",
        (_, { } found) => $"released as a reviewer of the GitHub environment {found.Environment}; requested by {found.RequestedBy}{(found.Comment.Length == 0 ? "" : $"; comment: {found.Comment}")}",
        (ApprovalSource.Sandbox, _) => "the sandbox's own policy; nothing can be spent there",

        // Earlier versions took a GitHub review for granted; what they recorded proves only that the digest was given.
        _ => "digest given on the command line",
    };
}
