using BuildPipeline.Runs;
using BuildPipeline.Training;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>The first sentence of a receipt: outcome, dollars of approved, on time or not, what to do.</summary>
public static class Verdict
{
    /// <summary>How a run is.</summary>
    public static Tone ToneOf(RunRecord run) => run switch
    {
        { ExitCode: ExitCode.Done, Evidence: { Passed: true, Unchecked.Count: > 0 } } => Tone.Warning,
        { ExitCode: ExitCode.Done, Evidence.Passed: true } => Tone.Good,
        { ExitCode: ExitCode.StillRunning } => Tone.Running,
        { ExitCode: ExitCode.Refused or ExitCode.NotApproved } => Tone.Refused,
        { ExitCode: ExitCode.StoppedShort } => Tone.Warning,
        { ExitCode: ExitCode.ValidationFailed } or { Error: not null } => Tone.Bad,
        { Stage: RunStage.Priced } => Tone.Waiting,
        _ => Tone.Running,
    };

    /// <summary>The sentence.</summary>
    public static Text Sentence(RunRecord run, DateTimeOffset now)
    {
        var (outcome, advice) = Outcome(run);
        return Text.From($"{outcome}; {Money(run)}; {Time(run, now)}; {Text.Own(advice)}.");
    }

    private static (Text Outcome, string Advice) Outcome(RunRecord run) => run switch
    {
        { ExitCode: ExitCode.Done, Evidence: { Passed: true, Unchecked: { Count: > 0 } missing } } => (Text.From($"Training completed; not checked: {string.Join(", ", missing)}"), "judge what was not checked"),
        { ExitCode: ExitCode.Done, Evidence.Passed: true } => (Text.Own("Training completed and validated"), "nothing to do"),
        { ExitCode: ExitCode.StillRunning } => (Text.Own("Training in progress"), "follow it or stop it"),
        { ExitCode: ExitCode.Refused } => (Text.Own("Refused by the cost gate"), "change the job, or have the limit raised"),
        { ExitCode: ExitCode.NotApproved } => (Text.Own("Not approved"), "approve it, or change the job"),
        { ExitCode: ExitCode.StoppedShort } => (Text.Own("Training stopped before completion"), "read why, and launch again if it is to be completed"),
        { ExitCode: ExitCode.ValidationFailed } => (Text.Own("Validation failed"), "read the failed checks"),
        { Error: not null } => (Text.Own("Failed"), "read the error"),
        { Stage: RunStage.Priced } => (Text.Own("Planned and priced, waiting for approval"), "approve it, or change the job"),
        _ => (Text.Own($"Run {run.State.InWords()}"), run.State.IsClosed() ? "nothing to do" : "continue it"),
    };

    private static Text Money(RunRecord run)
    {
        if (run.Attempts.Count == 0)
        {
            return run.Approval is { } given ? Text.From($"{Usd.Zero} of {given.Subject.Ceiling} approved")
                : run.Cost?.Ceiling is { } ceiling ? Text.From($"nothing approved of a ceiling of {ceiling}")
                : Text.Own("nothing approved");
        }

        var billed = run.HasOpenJob ? Text.From($"{RunFigures.Spent(run)} billed so far") : Text.From($"{run.ActualCost} billed");
        return run.Approval is { } approval ? Text.From($"{billed} of {approval.Subject.Ceiling} approved") : Text.From($"{billed}, nothing approved here");
    }

    private static Text Time(RunRecord run, DateTimeOffset now)
    {
        if (run.DeadlineAt is not { } deadline)
        {
            return run.Job?.DeadlineHours is null && run.Terms?.DeadlineHours is null ? Text.Own("no deadline") : Text.Own("not started");
        }

        var end = EndOf(run);
        return (run.CurrentAttempt?.Outcome, end ?? now) switch
        {
            (OutcomeKind.Completed, var at) when at <= deadline => Text.From($"on time, {(deadline - at).InWords()} to spare"),
            (OutcomeKind.Completed, var at) => Text.From($"late by {(at - deadline).InWords()}"),
            _ when !run.HasOpenJob => Text.Own("its deadline was not met"),
            (_, var at) when at <= deadline => Text.From($"due in {(deadline - at).InWords()}"),
            (_, var at) => Text.From($"late by {(at - deadline).InWords()} so far"),
        };
    }

    /// <summary>When the newest job of a run ended; null if it has not.</summary>
    public static DateTimeOffset? EndOf(RunRecord run) => run.CurrentAttempt is { Outcome: not null, Transitions: [.., var last] } ? last.StartedAt : null;
}
