namespace BuildPipeline.Runs;

/// <summary>Finds the run that a target works on.</summary>
public static class RunSelection
{
    /// <summary>The open run of an environment; null if none is open.</summary>
    /// <param name="open">All open runs of the environment.</param>
    /// <param name="commandFor">Writes the command that would work on a run of that id.</param>
    /// <exception cref="PipelineException">Several are open (exit code 2); the message has the command for each.</exception>
    public static RunRecord? Open(IReadOnlyList<RunRecord> open, Func<string, string> commandFor) => open.Count switch
    {
        0 => null,
        1 => open[0],
        _ => throw new PipelineException(
            RunErrors.SeveralOpen,
            $"{open.Count} runs of environment {open[0].Environment} are open. Choose one with --run:{string.Concat(open.Select(run => $"\n  # {Describe(run)}\n  {commandFor(run.RunId)}"))}"),
    };

    private static string Describe(RunRecord run) =>
        $"{(run.JobFile is { } job ? $"job {job}, " : "")}{run.State.InWords()}, {(run.CurrentAttempt is { } attempt ? $"{attempt.JobName}: {attempt.SecondaryStatus ?? attempt.Status ?? "not seen yet"}" : "no job")}";
}
