using BuildPipeline.Evidence;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Training;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>The sections on time: deadline, jobs and interruptions, and the curves of the loss.</summary>
internal static class TimeSections
{
    /// <summary>The sections that the run has.</summary>
    public static IEnumerable<Section> Create(RunRecord run, RunReport report)
    {
        if (run.Attempts.Count > 0)
        {
            yield return new("Timeline", [.. Timeline(run, run.EndedAt ?? report.WrittenAt)]);
        }

        if (Progress(run).ToList() is { Count: > 0 } progress)
        {
            yield return new("Progress", progress);
        }

        if (report.Loss is not null || run.Evidence is { FinalMetrics.Count: > 0 })
        {
            yield return new("Loss", [.. Loss(run, report.Loss)]);
        }
    }

    private static IEnumerable<Block> Timeline(RunRecord run, DateTimeOffset until)
    {
        if (run.DeadlineAt is { } deadline)
        {
            yield return new Paragraph(Text.From($"Deadline {Format.Moment(deadline)}: {Deadline(run, deadline)}."));
        }

        if (Receipts.Timeline.Calculate(run, until) is { } timeline)
        {
            yield return new TimelineChart(timeline);
            yield return Split(TimeSplit.Calculate(run, until));
        }

        yield return Jobs(run);
        if (run.Evidence is { } evidence)
        {
            yield return evidence.Interruptions.Count == 0 ? new Paragraph(Text.Own("No interruptions.")) : Interruptions(evidence.Interruptions);
        }
    }

    private static string Deadline(RunRecord run, DateTimeOffset deadline) =>
        run.CurrentAttempt?.Outcome != OutcomeKind.Completed || Verdict.EndOf(run) is not { } end ? "not finished"
        : end <= deadline ? $"met, with {(deadline - end).InWords()} to spare"
        : $"missed by {(end - deadline).InWords()}";

    private static Table Split(TimeSplit split)
    {
        var parts = new[] { split.Waiting, split.Downloading, split.Training, split.Uploading, split.Stopping };
        return new(
            [new("waiting", true), new("downloading", true), new("training", true), new("uploading", true), new("stopping", true), new("total", true)],
            [[.. parts.Select(part => Text.Own($"{part.InWords()} ({Format.Share(part.TotalSeconds, split.Total.TotalSeconds)})")), Text.Own(split.Total.InWords())]]);
    }

    private static Table Jobs(RunRecord run) => new(
        [new("attempt"), new("nodes"), new("market"), new("training", true), new("to step", true), new("cost", true), new("end")],
        [
            .. run.Attempts.Select(attempt => (IReadOnlyList<Text>)
            [
                Text.Value(attempt.JobName),
                run.Job is null ? Text.Own("-") : Text.Foreign(run.JobOf(attempt).Nodes()),
                Text.Own(attempt.Market == Market.Spot ? "spot" : "on-demand"),
                Text.Own(TimeSpan.FromSeconds(attempt.TrainingSeconds ?? 0).InWords()),
                Text.Own(Format.Figure(StepOf(run, attempt))),
                Text.Own(Format.Money(attempt.Cost)),
                attempt.OutcomeSentence is { } sentence ? Text.Foreign(sentence) : Text.Own("-"),
            ]),
        ]);

    // The last poll of a job that completes may be a few steps old; its model archive is not.
    private static int? StepOf(RunRecord run, AttemptRecord attempt) =>
        attempt.Outcome == OutcomeKind.Completed ? run.Evidence?.FinalStep ?? attempt.LastStep : attempt.LastStep;

    private static Table Interruptions(IReadOnlyList<Interruption> interruptions) => new(
        [new("interrupted at"), new("cause"), new("resumed at"), new("downtime", true), new("resumed from step", true)],
        [
            .. interruptions.Select(interruption => (IReadOnlyList<Text>)
            [
                Text.Own(Format.Moment(interruption.At)),
                Text.Own(interruption.Cause == InterruptionCause.Spot ? "spot capacity reclaimed" : "internal error of AWS"),
                Text.Own(interruption.TrainingAgainAt is { } moment ? Format.Moment(moment) : "never"),
                Text.Own(interruption.TrainingAgainAt is { } again ? (again - interruption.At).InWords() : "-"),
                interruption.ResumedFromStep is { } step ? Text.From($"{step}") : Text.Own("not proven"),
            ]),
        ]);

    /// <summary>How the open job gets on, and each stall.</summary>
    private static IEnumerable<Block> Progress(RunRecord run)
    {
        if (run.CurrentAttempt is { Outcome: null, Progress: { } progress } open)
        {
            yield return new Paragraph(Text.Own($"{Format.Moment(progress.At)}: {ProgressText.Describe(progress, run.RateOf(open))}."));
        }

        foreach (var attempt in run.Attempts)
        {
            if (attempt.Stall is { } stall)
            {
                var end = stall.Restarts ? $"It was stopped and continued from the checkpoint of step {stall.CheckpointStep}." : stall.EndedAt is { } again ? $"It saved again by {Format.Moment(again)}." : "It was not restarted.";
                yield return new Paragraph(Text.From($"Stall of {Text.Value(attempt.JobName)}, noticed {Format.Moment(stall.FoundAt)}: {stall.Why} {Text.Own(end)}"));
            }
        }
    }

    private static IEnumerable<Block> Loss(RunRecord run, LossCurves? loss)
    {
        if (loss is not null)
        {
            yield return new LossPlot(loss);
            if (loss.Restarts.Count > 0)
            {
                yield return new Paragraph(Text.Own($"Restarts: {string.Join(", ", loss.Restarts.Select(restart => restart.Step is { } step ? FormattableString.Invariant($"step {step}") : Format.Moment(restart.At)))}."));
            }
        }

        if (run.Evidence is { FinalMetrics.Count: > 0 } evidence)
        {
            yield return new Table(
                [new("metric"), new(FormattableString.Invariant($"after step {evidence.FinalStep}"), true)],
                [.. evidence.FinalMetrics.OrderBy(metric => metric.Key, StringComparer.Ordinal).Select(metric => (IReadOnlyList<Text>)[Text.Foreign(metric.Key), Text.Own(Format.Value(metric.Value))])]);
        }
    }
}
