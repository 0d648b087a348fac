using BuildPipeline.Approvals;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Says what was approved, by whom, and how that is known.</summary>
public static class ApprovalView
{
    /// <summary>Shows it.</summary>
    public static void Show(IAnsiConsole console, ApprovalRecord approval) => console.Done(
        $"Approved up to {approval.Subject.Ceiling} by {approval.Approver} ({SourceName(approval)}) at {Format.Moment(approval.ApprovedAt)}, digest {Format.Short(approval.Digest)}.");

    /// <summary>How the approval was given.</summary>
    internal static string SourceName(ApprovalRecord approval) => (approval.Source, approval.Review) switch
    {
        (ApprovalSource.Terminal, _) => "amount typed at a terminal",
        (_, { } review) => $"released as a reviewer of the GitHub environment {review.Environment}; requested by {review.RequestedBy}{(review.Comment.Length == 0 ? "" : $"; comment: {review.Comment}")}",
        (ApprovalSource.Sandbox, _) => "the sandbox's own policy; nothing can be spent there",

        // Earlier versions took a GitHub review for granted; what they recorded proves only that the digest was given.
        _ => "digest given on the command line",
    };
}
