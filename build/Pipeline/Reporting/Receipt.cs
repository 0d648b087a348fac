using System.Globalization;
using System.Text;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Training;

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
        page.AppendLine(CultureInfo.InvariantCulture, $"Run {MarkdownText.Code(run.RunId)} in environment {MarkdownText.Code(run.Environment)}{(run.JobFile is { } job ? $", job {MarkdownText.Code(job)}" : "")}, started {Format.Moment(run.StartedAt)}{CommitOf(run)}.");
        if (run.ErrorWithId is { } error)
        {
            var code = run.ExitCode == ExitCode.StillRunning ? "" : string.Create(CultureInfo.InvariantCulture, $"**Exit code {(int)(run.ExitCode ?? ExitCode.Failed)}.** ");
            page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"> {code}{MarkdownText.Lines(error, "> ")}");
        }

        Job(page, run);
        Money(page, run);
        BudgetReceipt.Write(page, run);
        ReceiptSections.Attempts(page, run);
        ReceiptSections.Progress(page, run);
        FailureReceipt.Write(page, run);
        ReceiptSections.Time(page, run, now);
        GoodputReceipt.Write(page, run);
        ReceiptSections.Interruptions(page, run);
        ReceiptSections.Checkpoints(page, run);
        ReceiptSections.Findings(page, run);
        ReceiptSections.Artifacts(page, run);
        return Cut(page.ToString().ReplaceLineEndings("\n"));
    }

    private static string CommitOf(RunRecord run) => run.Commit is { } commit
        ? $", commit {MarkdownText.Code(Format.Short(commit))}{(run.UncommittedChanges == true ? ", with uncommitted changes" : "")}"
        : "";

    private static string Headline(RunRecord run) => run switch
    {
        { ExitCode: ExitCode.Done, Evidence: { Passed: true, Unchecked: { Count: > 0 } missing } } => $"⚠️ Training completed; not checked: {string.Join(", ", missing)}",
        { ExitCode: ExitCode.Done, Evidence.Passed: true } => "✅ Training completed and validated",
        { ExitCode: ExitCode.StillRunning } => "⏳ Training in progress",
        { ExitCode: ExitCode.Refused } => "⛔ Refused by the cost gate",
        { ExitCode: ExitCode.NotApproved } => "⛔ Not approved",
        { ExitCode: ExitCode.StoppedShort } => "⚠️ Training stopped before completion",
        { ExitCode: ExitCode.ValidationFailed } => "❌ Validation failed",
        { Error: not null } => "❌ Failed",
        { Stage: RunStage.Priced } => "📝 Planned and priced, waiting for approval",
        _ => $"Run {run.State.InWords()}",
    };

    private static void Job(StringBuilder page, RunRecord run)
    {
        if (run.Job is not { } job)
        {
            return;
        }

        page.AppendLine().AppendLine("| | |").AppendLine("|---|---|");
        Row(page, "Job", run.CurrentAttempt is { } attempt ? $"{MarkdownText.Code(attempt.JobName)}{(attempt.Adopted ? " (adopted)" : "")}" : $"{MarkdownText.Code(job.Name)} (not submitted)");
        Row(page, "Nodes", MarkdownText.Prose($"{string.Join(", fallback: ", job.NodeOptions().Select(nodeOption => $"{nodeOption.Nodes()}, {(nodeOption.UseSpotInstances ? "managed spot" : "on-demand")}"))}, {job.Region}"));
        Row(page, "Team", MarkdownText.Prose(job.Team));
        if ((run.CurrentAttempt?.Checkpoints ?? run.Cost?.Checkpoints) is { } checkpoints)
        {
            Row(page, "Checkpoints", MarkdownText.Prose(checkpoints.Reason));
        }

        Row(page, "Image", MarkdownText.Code(job.TrainingImageUri));
        if (job.SecretEnvironment is { } secrets)
        {
            Row(page, "Secrets", MarkdownText.Prose(string.Join(", ", secrets.OrderBy(secret => secret.Key, StringComparer.Ordinal).Select(secret => $"{secret.Key} from {secret.Value}"))));
        }

        if (run.Plan is { } plan)
        {
            Row(page, "Plan", $"{plan.Add} to add, {plan.Change} to change, {plan.Destroy} to destroy");
        }

        if (run.Approval is { } approval)
        {
            page.AppendLine(ApprovalView.Row(approval));
        }

        if (run.Adopted is not null)
        {
            Row(page, "Approved by", "nobody here: Terraform submitted the job");
        }

        if (run.CurrentAttempt?.OutcomeSentence is { } sentence)
        {
            Row(page, "Outcome", MarkdownText.Prose(sentence));
        }
    }

    private static void Money(StringBuilder page, RunRecord run)
    {
        if (run.Cost is null && run.Adopted is null)
        {
            return;
        }

        page.AppendLine().AppendLine("### Cost").AppendLine();
        var actual = run.Attempts.Count == 0 ? "-" : Format.Money(run.ActualCost);
        if (run.Cost is { } cost)
        {
            page.AppendLine("| expected | p90 | ceiling | approved | actual training |").AppendLine("|--:|--:|--:|--:|--:|");
            page.AppendLine(CultureInfo.InvariantCulture, $"| {Format.Money(cost.Expected)} | {Format.Money(cost.P90)} | {Format.Money(cost.Ceiling)} | {(run.Approval is null ? "-" : Format.Money(run.Approval.Subject.Ceiling))} | {actual} |");
        }
        else
        {
            page.AppendLine("| Terraform's ceiling | approved | actual training |").AppendLine("|--:|--:|--:|");
            page.AppendLine(CultureInfo.InvariantCulture, $"| {Format.Money(run.Adopted!.Ceiling)} | - | {actual} |");
        }

        page.AppendLine();
        foreach (var attempt in run.Attempts.Where(attempt => attempt is { BillableSeconds: not null, TrainingSeconds: not null }))
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"Billed {attempt.BillableSeconds} of {attempt.TrainingSeconds} training seconds on {Counted.Format(run.JobOf(attempt).InstanceCount, "node")} at {Format.Money(run.RateOf(attempt))} an hour for all nodes; {(attempt.SpotSavings is { } saved ? Format.Share(saved, 1) : "-")} cheaper than on-demand.");
        }

        if (run.Cost is not null)
        {
            Bars(page, run.Cost);
        }
    }

    private static void Bars(StringBuilder page, CostRecord cost)
    {
        page.AppendLine().AppendLine(MarkdownText.Fence(CostText.Bars(cost).Select(figure => $"{figure.Name,-14} {Format.Money(figure.Amount),10} {figure.Bar}".TrimEnd()))).AppendLine();
        if (cost.CostSimulation is { } sampledRun)
        {
            page.AppendLine(CostText.SampledRun(sampledRun)).AppendLine();
        }

        foreach (var option in CostText.ServiceOptions(cost))
        {
            page.AppendLine(option).AppendLine();
        }

        foreach (var source in CostText.Sources(cost).Concat(cost.Prices.Notes))
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"- {MarkdownText.Prose(source)}");
        }
    }

    /// <summary>A row of two cells.</summary>
    /// <param name="value">Markdown.</param>
    internal static void Row(StringBuilder page, string name, string value) =>
        page.AppendLine(MarkdownText.Row(name, value));

    // A line is never cut; a block of code that would stay open is closed.
    private static string Cut(string text)
    {
        if (text.Length <= Longest)
        {
            return text;
        }

        var kept = text[..text.LastIndexOf('\n', Longest)];
        var fences = kept.Split('\n').Where(line => line.StartsWith("```", StringComparison.Ordinal)).ToList();
        var open = fences.Count % 2 == 0 ? "" : "\n" + fences[^1].TrimEnd("text".ToCharArray());
        return $"{kept}{open}\n\n*Truncated; the full record is in run.json.*\n";
    }
}
