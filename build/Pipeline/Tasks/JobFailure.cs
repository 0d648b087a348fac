using BuildPipeline.Runs;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>The error of a run whose newest job ended before it was completed.</summary>
internal static class JobFailure
{
    /// <summary>What happened to the job, and the command for what is left to do.</summary>
    public static PipelineException Create(CommandHints hints, RunRecord run)
    {
        var attempt = run.CurrentAttempt!;
        var next = attempt.Outcome switch
        {
            OutcomeKind.Failed => $"\nShow its full log with:\n  {hints.For("Logs", $"--run={run.RunId}")}",
            OutcomeKind.Stopped => $"\nStart a new run with:\n  {RunContinuation.NewRun(hints, run.JobFile)}",
            _ => "",
        };
        return new(Outcomes.ErrorOf(attempt), attempt.OutcomeSentence + next);
    }
}
