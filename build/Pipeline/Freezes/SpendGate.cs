namespace BuildPipeline.Freezes;

/// <summary>Asked before each call that can spend: one that submits a job, or creates infrastructure.</summary>
/// <param name="store">The freezes of the environment.</param>
/// <param name="hints">Writes the command that releases one.</param>
public sealed class SpendGate(FreezeStore store, CommandHints hints)
{
    /// <summary>Returns where neither the environment nor the team is frozen. It reads anew each time, and when it cannot know, it refuses.</summary>
    /// <param name="team">The team that would pay.</param>
    /// <exception cref="PipelineException">Something is frozen, or that could not be read (exit code 3).</exception>
    public async Task RequireOpenAsync(string team, CancellationToken cancellationToken)
    {
        IReadOnlyList<FreezeRecord> holding;
        try
        {
            holding = await store.HoldingAsync(team, cancellationToken);
        }
        catch (PipelineException exception)
        {
            throw new PipelineException(FreezeErrors.Unknown, $"It is not known whether spending is frozen, so nothing new is started. {exception.Message}", exception);
        }

        if (holding.Count > 0)
        {
            var release = holding.Select(record => $"\n  {hints.For("Unfreeze", [.. record.Team is null ? [] : new[] { $"--team={record.Team}" }, "--why=TEXT"])}");
            throw new PipelineException(
                FreezeErrors.Frozen,
                $"{string.Join(". ", holding.Select(record => record.Describe()))}. Nothing new is started. Whoever may release it does so with:{string.Concat(release)}");
        }
    }
}
