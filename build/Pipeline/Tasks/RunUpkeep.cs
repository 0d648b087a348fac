namespace BuildPipeline.Tasks;

/// <summary>What a launch keeps up while it works on a run's jobs: the reservation of the team's money, and what others see of the run.</summary>
public sealed class RunUpkeep(BudgetReservation budget, RunObservation observation, RunPosting posting)
{
    /// <summary>Keeps it up until the launch ends.</summary>
    /// <param name="launch">Submits and follows the jobs.</param>
    /// <exception cref="Exception">What the launch throws, and nothing else.</exception>
    public async Task DuringAsync(Func<Task> launch, CancellationToken cancellationToken)
    {
        await using var reservation = budget.KeepReserved();
        await using var stages = posting.Follow();
        await observation.DuringAsync(launch, cancellationToken);
    }
}
