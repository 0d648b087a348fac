namespace BuildPipeline.Freezes;

/// <summary>What a person should know of a freeze, where nothing is started: it never fails, and it decides nothing.</summary>
/// <param name="store">The freezes of the environment.</param>
/// <param name="time">Bounds a read.</param>
public sealed class FreezeNotice(FreezeStore store, TimeProvider time)
{
    /// <summary>Whoever follows a job must not wait for S3.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Who has frozen what, since when and why; or why that is not known. Null if nothing is frozen.</summary>
    /// <param name="team">The team that would pay.</param>
    public async Task<string?> ReadAsync(string team, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var holding = await store.HoldingAsync(team, either.Token);
            return holding.Count == 0 ? null : $"{string.Join(". ", holding.Select(record => record.Describe()))}. Nothing new is started.";
        }
        catch (PipelineException exception)
        {
            return $"It is not known whether spending is frozen, so nothing new would be started. {exception.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"It is not known whether spending is frozen, so nothing new would be started. S3 did not answer within {Limit.TotalSeconds:0} s.";
        }
    }
}
