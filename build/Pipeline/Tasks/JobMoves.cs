using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>What ends a run's job before its time, to continue in another one: its deadline, or a stall.</summary>
public sealed class JobMoves(MarketMover mover, StallWatch stalls, JobSuccession succession)
{
    /// <summary>True when the job has to be stopped for a successor now; the decision is in the log.</summary>
    public async Task<bool> IsDueAsync(JobProgress progress, CancellationToken cancellationToken) =>
        (mover.Watch() is { } deadline && await mover.ShouldMoveAsync(deadline, progress, cancellationToken))
        || await stalls.ShouldRestartAsync(progress, cancellationToken);

    /// <inheritdoc cref="JobSuccession.MoveAsync"/>
    public Task<bool> MoveAsync(CancellationToken cancellationToken) => succession.MoveAsync(cancellationToken);
}
