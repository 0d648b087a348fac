namespace BuildPipeline.Freezes;

/// <summary>Asked before each call that can spend: one that submits a job, or creates infrastructure.</summary>
/// <param name="store">The freezes of the environment.</param>
/// <param name="target">The target of this call, which can be repeated after the release.</param>
/// <param name="hints">Writes the commands that release a freeze and continue a run.</param>
public sealed class SpendGate(FreezeStore store, string target, CommandHints hints)
{
    /// <summary>Returns where neither the environment nor the team is frozen. It reads anew each time, and when it cannot know, it refuses.</summary>
    /// <param name="team">The team that would pay; null if it is not known, so only the environment's freeze counts.</param>
    /// <param name="runId">The run that can be continued after the release; null if none has started.</param>
    /// <param name="isFollowed">True if this call keeps following the run's job, and asks again.</param>
    /// <exception cref="PipelineException">Something is frozen, or that could not be read (exit code 3).</exception>
    public async Task RequireOpenAsync(string? team, string? runId, CancellationToken cancellationToken, bool isFollowed = false)
    {
        var next = isFollowed ? $"run {runId} continues by itself: this {target} keeps following its job."
            : runId is null ? $"start a run with:\n  {hints.For(target)}"
            : $"continue run {runId} with:\n  {hints.For(target, $"--run={runId}")}";
        IReadOnlyList<FreezeRecord> holding;
        try
        {
            holding = await store.HoldingAsync(team, cancellationToken);
        }
        catch (PipelineException exception)
        {
            throw new PipelineException(FreezeErrors.Unknown, $"It is not known whether spending is frozen, so nothing new is started. {exception.Message}\nOnce that is corrected, {next}", exception);
        }

        if (holding.Count > 0)
        {
            var release = holding.Select(record => $"\n  {hints.As("freeze").For("Unfreeze", [.. record.Team is null ? [] : new[] { $"--team={record.Team}" }, "--why=TEXT"])}");
            throw new PipelineException(
                FreezeErrors.Frozen,
                $"{string.Join(". ", holding.Select(record => record.Describe()))}. Nothing new is started. Whoever may release it does so with:{string.Concat(release)}\nAfter that, {next}");
        }
    }
}
