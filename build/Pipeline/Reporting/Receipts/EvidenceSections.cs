using BuildPipeline.Evidence;
using BuildPipeline.Runs;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>The sections on what was found: checkpoints, checks with failures first, and why a program failed.</summary>
internal static class EvidenceSections
{
    /// <summary>The sections that the run has.</summary>
    public static IEnumerable<Section> Create(RunRecord run)
    {
        if (run.Evidence is { } evidence)
        {
            yield return new("Checkpoints", [.. Checkpoints(evidence.Checkpoints)]);
            yield return new("Evidence", Findings(evidence.Findings));
        }

        if (run.CurrentAttempt?.FailureLog is { Lines.Count: > 0 } log)
        {
            yield return new(Text.From($"Last log lines of {log.Host}"), [Log.From(log.Lines)]);
        }
    }

    private static IEnumerable<Block> Checkpoints(IReadOnlyList<CheckpointSummary> checkpoints)
    {
        if (checkpoints.Count == 0)
        {
            yield return new Paragraph(Text.Own("No complete checkpoint."));
            yield break;
        }

        yield return new Paragraph(Text.Own($"{Counted.Format(checkpoints.Count, "complete checkpoint")} kept, the newest first."));
        yield return new Table(
            [new("step", true), new("written"), new("size", true), new("files", true), new("training paused for", true)],
            [
                .. checkpoints.Reverse().Select(checkpoint => (IReadOnlyList<Text>)
                [
                    Text.From($"{checkpoint.Step}"), Text.Own(Format.Moment(checkpoint.WrittenAt)), Text.Own(Format.Bytes(checkpoint.Bytes)), Text.From($"{checkpoint.Files}"),
                    Text.Own(checkpoint.StallSeconds is { } seconds ? TimeSpan.FromSeconds(seconds).InWords() : "-"),
                ]),
            ]);
    }

    private static Table Findings(IReadOnlyList<Finding> findings) => new(
        [new(""), new("check"), new("evidence")],
        [
            .. findings.OrderBy(finding => !finding.Checked ? 1 : finding.Passed ? 2 : 0).Select(finding => (IReadOnlyList<Text>)
            [
                finding.Checked ? Text.Mark(finding.Passed) : Text.Own("not checked"), Text.Foreign(finding.Check), Text.Foreign(finding.Detail),
            ]),
        ]);
}
