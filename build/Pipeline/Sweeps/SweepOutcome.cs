namespace BuildPipeline.Sweeps;

/// <summary>How far a variant has come.</summary>
/// <param name="Number">Its number.</param>
/// <param name="State">Its state.</param>
/// <param name="Code">The result of its run; of a run that is not closed, how the process ended that worked on it last, null if this call started none.</param>
public sealed record VariantResult(int Number, VariantState State, ExitCode? Code);

/// <summary>Judges how a sweep ended.</summary>
public static class SweepOutcome
{
    /// <summary>The failure of the call; null if every variant has succeeded.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="results">Its variants.</param>
    /// <param name="isInterrupted">True if this call ended before the variants did.</param>
    /// <param name="resume">The command that continues the sweep.</param>
    public static PipelineException? Judge(SweepRecord sweep, IReadOnlyList<VariantResult> results, bool isInterrupted, string resume)
    {
        List<VariantResult> waiting = [.. results.Where(result => result.State == VariantState.Waiting && sweep.StoppedAt is null)];
        var open = results.Count(result => result.State == VariantState.Running) + (isInterrupted ? waiting.Count : 0);
        if (open > 0)
        {
            return new PipelineException(SweepErrors.StillRunning, $"{open} of the {results.Count} variants of sweep {sweep.SweepId} have not ended. Jobs that were submitted run on. Continue with:\n  {resume}");
        }

        if (waiting.Find(result => result.Code is null) is { } unaffordable)
        {
            return new PipelineException(SweepErrors.CeilingUsedUp, $"Variant {unaffordable.Number} of sweep {sweep.SweepId} was not started: the approved {sweep.Subject!.Ceiling} less what the others have cost is less than it may cost.");
        }

        List<(int Number, ExitCode Code)> failed = [.. results.Select(result => (result.Number, CodeOf(result))).Where(result => result.Item2 != ExitCode.Done)];
        return failed.Count == 0 ? null : new PipelineException(
            SweepErrors.VariantsFailed with { ExitCode = failed.Select(result => result.Code).Distinct().ToList() is [var one] ? one : ExitCode.Failed },
            $"{failed.Count} of the {results.Count} variants of sweep {sweep.SweepId} did not succeed: {string.Join(", ", failed.Select(result => $"variant {result.Number} (exit code {(int)result.Code})"))}.");
    }

    // A variant that was waiting when the sweep was stopped has no result.
    private static ExitCode CodeOf(VariantResult result) => result.Code ?? (result.State == VariantState.Waiting ? ExitCode.StoppedShort : ExitCode.Failed);
}
