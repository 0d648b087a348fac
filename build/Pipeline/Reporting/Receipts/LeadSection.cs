using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Training;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>What follows the first sentence: which run it is, the command for it, and its error.</summary>
internal static class LeadSection
{
    /// <summary>The blocks.</summary>
    public static IEnumerable<Block> Blocks(RunRecord run, RunReport report)
    {
        var job = run.JobFile is { } name ? Text.From($", job {Text.Value(name)}") : Text.Own("");
        yield return new Paragraph(Text.From($"Run {Text.Value(run.RunId)} in environment {Text.Value(run.Environment)}{job}{Nodes(run)}, started {Format.Moment(run.StartedAt)}."));
        if (report.Next is { } command)
        {
            yield return new Paragraph(Text.From($"Next: {Text.Value(command)}"));
        }

        if (run.ErrorWithId is { } error)
        {
            var code = run.ExitCode == ExitCode.StillRunning ? null : Text.Strong(FormattableString.Invariant($"Exit code {(int)(run.ExitCode ?? ExitCode.Failed)}."));
            yield return Message.From(code, error);
        }
    }

    private static Text Nodes(RunRecord run)
    {
        if (run.Job is not { } planned)
        {
            return Text.Own("");
        }

        var job = run.CurrentAttempt is { } attempt ? run.JobOf(attempt) : planned;
        return Text.From($", on {job.Nodes()}, {Text.Own(OriginSections.MarketOf(job))}, {job.Region}, team {job.Team}");
    }
}
