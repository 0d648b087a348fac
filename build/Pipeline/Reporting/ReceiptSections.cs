using System.Globalization;
using System.Text;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Training;

namespace BuildPipeline.Reporting;

/// <summary>The sections of the receipt that only a launched run has.</summary>
internal static class ReceiptSections
{
    public static void Attempts(StringBuilder page, RunRecord run)
    {
        if (run.DeadlineAt is { } deadlineAt)
        {
            Deadline(page, run, deadlineAt);
        }
        else if (run.Attempts.Count > 1)
        {
            page.AppendLine().AppendLine("### Jobs").AppendLine();
        }
        else
        {
            return;
        }

        page.AppendLine("| attempt | nodes | market | training | to step | cost | end |").AppendLine("|---|---|---|--:|--:|--:|---|");
        foreach (var attempt in run.Attempts)
        {
            page.AppendLine(MarkdownText.Row(
                MarkdownText.Code(attempt.JobName), MarkdownText.Prose(run.JobOf(attempt).Nodes()), attempt.Market == Market.Spot ? "spot" : "on-demand",
                Durations.InWords(TimeSpan.FromSeconds(attempt.TrainingSeconds ?? 0)), Format.Figure(StepOf(run, attempt)),
                Format.Money(attempt.Cost), MarkdownText.Prose(attempt.OutcomeSentence ?? "-")));
        }
    }

    /// <summary>How the open job gets on, and each stall.</summary>
    public static void Progress(StringBuilder page, RunRecord run)
    {
        var stalled = run.Attempts.Where(attempt => attempt.Stall is not null).ToList();
        var open = run.CurrentAttempt is { Outcome: null, Progress: not null } attempt ? attempt : null;
        if (stalled.Count == 0 && open is null)
        {
            return;
        }

        page.AppendLine().AppendLine("### Progress").AppendLine();
        if (open is { Progress: { } progress })
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"{Format.Moment(progress.At)}: {ProgressText.Describe(progress, run.RateOf(open))}.");
        }

        foreach (var (name, stall) in stalled.Select(attempt => (attempt.JobName, attempt.Stall!)))
        {
            var end = stall.Restarts ? $"It was stopped and continued from the checkpoint of step {stall.CheckpointStep}." : stall.EndedAt is { } again ? $"It saved again by {Format.Moment(again)}." : "It was not restarted.";
            page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Stall of {MarkdownText.Code(name)}, noticed {Format.Moment(stall.FoundAt)}: {MarkdownText.Prose(stall.Why)} {end}");
        }
    }

    private static void Deadline(StringBuilder page, RunRecord run, DateTimeOffset deadlineAt)
    {
        var end = run.CurrentAttempt is { Transitions: [.., var last] } ? last.StartedAt : (DateTimeOffset?)null;
        var done = run.CurrentAttempt?.Outcome != OutcomeKind.Completed ? "not finished"
            : end <= deadlineAt ? $"met, with {Durations.InWords(deadlineAt - end.Value)} to spare"
            : $"missed by {Durations.InWords(end!.Value - deadlineAt)}";
        page.AppendLine().AppendLine("### Deadline").AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture, $"{Format.Moment(deadlineAt)}: {done}.").AppendLine();
    }

    // The last poll of a job that completes may be a few steps old; its model archive is not.
    private static int? StepOf(RunRecord run, AttemptRecord attempt) =>
        attempt.Outcome == OutcomeKind.Completed ? run.Evidence?.FinalStep ?? attempt.LastStep : attempt.LastStep;

    public static void Time(StringBuilder page, RunRecord run, DateTimeOffset now)
    {
        if (run.Attempts.All(attempt => attempt.Transitions.Count == 0))
        {
            return;
        }

        var split = TimeSplit.Calculate(run, run.EndedAt ?? now);
        page.AppendLine().AppendLine("### Time").AppendLine();
        page.AppendLine("| waiting | downloading | training | uploading | stopping | total |").AppendLine("|--:|--:|--:|--:|--:|--:|");
        var parts = new[] { split.Waiting, split.Downloading, split.Training, split.Uploading, split.Stopping }
            .Select(part => $"{Durations.InWords(part)} ({Format.Share(part.TotalSeconds, split.Total.TotalSeconds)})");
        page.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", parts)} | {Durations.InWords(split.Total)} |");
    }

    public static void Interruptions(StringBuilder page, RunRecord run)
    {
        if (run.Evidence is not { } evidence)
        {
            return;
        }

        page.AppendLine().AppendLine("### Interruptions").AppendLine();
        if (evidence.Interruptions.Count == 0)
        {
            page.AppendLine("None.");
            return;
        }

        page.AppendLine("| interrupted at | cause | resumed at | downtime | resumed from step |").AppendLine("|---|---|---|--:|--:|");
        foreach (var interruption in evidence.Interruptions)
        {
            var again = interruption.TrainingAgainAt is { } moment ? Format.Moment(moment) : "never";
            var away = interruption.TrainingAgainAt is { } back ? Durations.InWords(back - interruption.At) : "-";
            page.AppendLine(CultureInfo.InvariantCulture, $"| {Format.Moment(interruption.At)} | {(interruption.Cause == InterruptionCause.Spot ? "spot capacity reclaimed" : "internal error of AWS")} | {again} | {away} | {interruption.ResumedFromStep?.ToString(CultureInfo.InvariantCulture) ?? "not proven"} |");
        }
    }

    public static void Checkpoints(StringBuilder page, RunRecord run)
    {
        if (run.Evidence is not { } evidence)
        {
            return;
        }

        page.AppendLine().AppendLine("### Training").AppendLine();
        page.AppendLine(evidence.Checkpoints.Count == 0
            ? "No complete checkpoint."
            : string.Create(CultureInfo.InvariantCulture, $"Complete checkpoints kept: steps {string.Join(", ", evidence.Checkpoints.Select(checkpoint => checkpoint.Step))}; the newest is {Format.Bytes(evidence.Checkpoints[^1].Bytes)} in {evidence.Checkpoints[^1].Files} files."));
        if (evidence.FinalMetrics.Count > 0)
        {
            page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"| metric | after step {evidence.FinalStep} |").AppendLine("|---|--:|");
            foreach (var (name, value) in evidence.FinalMetrics.OrderBy(metric => metric.Key, StringComparer.Ordinal))
            {
                Receipt.Row(page, MarkdownText.Prose(name), Format.Value(value));
            }
        }
    }

    public static void Findings(StringBuilder page, RunRecord run)
    {
        if (run.Evidence is not { } evidence)
        {
            return;
        }

        page.AppendLine().AppendLine("### Validation").AppendLine().AppendLine("| | check | evidence |").AppendLine("|---|---|---|");
        foreach (var finding in evidence.Findings)
        {
            page.AppendLine(MarkdownText.Row(!finding.Checked ? "not checked" : finding.Passed ? "✅" : "❌", MarkdownText.Prose(finding.Check), MarkdownText.Prose(finding.Detail)));
        }
    }

    public static void Artifacts(StringBuilder page, RunRecord run)
    {
        if (run.Job is not { } job || run.Stage < RunStage.Applied)
        {
            return;
        }

        var home = $"s3://{job.ArtifactBucket}/{job.ArtifactPrefix}/{run.ArtifactFolder}";
        page.AppendLine().AppendLine("### Artifacts").AppendLine().AppendLine("| | |").AppendLine("|---|---|");
        if (run.Evidence?.ModelArchive is { } archive)
        {
            Receipt.Row(page, "Model", $"{MarkdownText.Code(archive)}{(run.Evidence.ModelArchiveBytes is { } bytes ? $" ({Format.Bytes(bytes)})" : "")}");
        }

        Receipt.Row(page, "Checkpoints", MarkdownText.Code($"{home}/checkpoints/"));
        if (run.Adopted is null || run.LastEvent is not null)
        {
            Receipt.Row(page, "Record", $"{MarkdownText.Code($"{RunArchive.PrefixOf(run.Environment)}{run.RunId}/")} in the state bucket");
        }

        foreach (var server in run.Tracking?.Servers ?? [])
        {
            Receipt.Row(page, "Tracking", MarkdownText.Prose($"{server.Url ?? server.Name}: {(server.Complete ? "complete" : $"not complete. {server.Problem} Status and Summary send what is missing.")}"));
        }

        Receipt.Row(page, "Logs", $"{MarkdownText.Code(job.LogGroupName)}, streams {MarkdownText.Code($"{run.CurrentAttempt?.JobName ?? job.Name}/")}");
    }
}
