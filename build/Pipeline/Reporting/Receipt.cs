using System.Globalization;
using System.Text;
using BuildPipeline.Runs;

namespace BuildPipeline.Reporting;

/// <summary>The receipt of a run: <c>summary.md</c> and the comment on GitHub.</summary>
public static class Receipt
{
    // GitHub refuses a comment over 65,536 characters; the marker and a safety margin are kept free.
    private const int Longest = 60_000;

    /// <summary>The receipt as Markdown; every figure is one of <c>run.json</c> or a sum of such.</summary>
    /// <param name="run">The run.</param>
    /// <param name="now">Where something has not ended, it is counted until then.</param>
    public static string Markdown(RunRecord run, DateTimeOffset now)
    {
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"## {Headline(run)}").AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"Run `{run.RunId}` in environment `{run.Environment}`, started {Format.Moment(run.StartedAt)}{CommitOf(run)}.");
        if (run.Error is { } error)
        {
            page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"> **Exit code {(int)(run.ExitCode ?? ExitCode.Failed)}.** {error.ReplaceLineEndings(" ")}");
        }

        Job(page, run);
        Money(page, run);
        BudgetReceipt.Write(page, run);
        ReceiptSections.Attempts(page, run);
        FailureReceipt.Write(page, run);
        ReceiptSections.Time(page, run, now);
        ReceiptSections.Interruptions(page, run);
        ReceiptSections.Checkpoints(page, run);
        ReceiptSections.Findings(page, run);
        ReceiptSections.Artifacts(page, run);
        return Cut(page.ToString().ReplaceLineEndings("\n"));
    }

    private static string CommitOf(RunRecord run) => run.Commit is { } commit
        ? $", commit `{commit[..Math.Min(12, commit.Length)]}`{(run.UncommittedChanges == true ? ", with uncommitted changes" : "")}"
        : "";

    private static string Headline(RunRecord run) => run switch
    {
        { ExitCode: ExitCode.Done, Evidence.Passed: true } => "✅ Training completed and validated",
        { ExitCode: ExitCode.StillRunning } => "⏳ Training goes on",
        { ExitCode: ExitCode.Refused } => "⛔ Refused by the cost gate",
        { ExitCode: ExitCode.NotApproved } => "⛔ Not approved",
        { ExitCode: ExitCode.StoppedShort } => "⚠️ Training stopped short",
        { ExitCode: ExitCode.ValidationFailed } => "❌ Validation failed",
        { Error: not null } => "❌ Failed",
        { Stage: RunStage.Priced } => "📝 Planned and priced, waiting for approval",
        _ => $"Run at stage {run.Stage}",
    };

    private static void Job(StringBuilder page, RunRecord run)
    {
        if (run.Job is not { } job)
        {
            return;
        }

        page.AppendLine().AppendLine("| | |").AppendLine("|---|---|");
        Row(page, "Job", run.CurrentAttempt is { } attempt ? $"`{attempt.JobName}`{(attempt.Adopted ? " (adopted)" : "")}" : $"`{job.Name}` (not submitted)");
        Row(page, "Nodes", $"{string.Join(", else ", job.Rungs().Select(rung => $"{rung.Nodes()}, {(rung.UseSpotInstances ? "managed spot" : "on demand")}"))}, {job.Region}");
        Row(page, "Team", job.Team);
        if ((run.CurrentAttempt?.Checkpoints ?? run.Cost?.Checkpoints) is { } checkpoints)
        {
            Row(page, "Checkpoints", checkpoints.Reason);
        }

        Row(page, "Image", $"`{job.TrainingImageUri}`");
        if (run.Plan is { } plan)
        {
            Row(page, "Plan", $"{plan.Add} to add, {plan.Change} to change, {plan.Destroy} to destroy");
        }

        if (run.Approval is { } approval)
        {
            Row(page, "Approved by", $"{approval.Approver} ({SourceName(approval)}) at {Format.Moment(approval.ApprovedAt)}, digest `{approval.Digest[..12]}`");
        }

        if (run.CurrentAttempt?.OutcomeSentence is { } sentence)
        {
            Row(page, "Outcome", sentence);
        }
    }

    private static void Money(StringBuilder page, RunRecord run)
    {
        if (run.Cost is not { } cost)
        {
            return;
        }

        page.AppendLine().AppendLine("### Cost").AppendLine();
        page.AppendLine("| expected | p90 | ceiling | approved | actual training |").AppendLine("|--:|--:|--:|--:|--:|");
        page.AppendLine(CultureInfo.InvariantCulture, $"| {Format.Money(cost.Expected)} | {Format.Money(cost.P90)} | {Format.Money(cost.Ceiling)} | {(run.Approval is null ? "-" : Format.Money(run.Approval.Subject.Ceiling))} | {(run.Attempts.Count == 0 ? "-" : Format.Money(run.ActualCost))} |");
        page.AppendLine();
        foreach (var attempt in run.Attempts.Where(attempt => attempt is { BillableSeconds: not null, TrainingSeconds: not null }))
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"Billed {attempt.BillableSeconds} of {attempt.TrainingSeconds} training seconds on {run.JobOf(attempt).InstanceCount} nodes at {Format.Money(cost.RateOf(attempt.Rung))} an hour for all nodes; saved {Format.Share(attempt.TrainingSeconds!.Value - attempt.BillableSeconds!.Value, attempt.TrainingSeconds.Value)} against on demand.");
        }

        Bars(page, cost);
    }

    private static void Bars(StringBuilder page, CostRecord cost)
    {
        page.AppendLine("```");
        foreach (var (name, amount, bar) in CostBars.Of(cost))
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"{name,-14} {Format.Money(amount),10} {bar}");
        }

        page.AppendLine("```").AppendLine();
        if (cost.Envelope is { } course)
        {
            page.AppendLine(CostBars.Course(course));
        }

        foreach (var source in CostBars.Sources(cost).Concat(cost.Prices.Notes))
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"- {source.ReplaceLineEndings(" ")}");
        }
    }

    internal static void Row(StringBuilder page, string name, string value) =>
        page.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {value.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal)} |");

    private static string SourceName(ApprovalRecord approval) => (approval.Source, approval.Review) switch
    {
        (ApprovalSource.Terminal, _) => "amount typed at a terminal",
        (_, { } review) => $"released as a reviewer of the GitHub environment {review.Environment}; requested by {review.RequestedBy}{(review.Comment.Length == 0 ? "" : $"; comment: {review.Comment}")}",
        (ApprovalSource.Sandbox, _) => "the sandbox's own policy, nothing can be spent there",

        // Earlier versions took a GitHub review for granted; what they recorded proves only that the digest was given.
        _ => "digest given on the command line",
    };

    private static string Cut(string text) => text.Length <= Longest
        ? text
        : string.Concat(text.AsSpan(0, text.LastIndexOf('\n', Longest)), "\n\n*Cut here; the whole record is in run.json.*\n");
}
