namespace BuildPipeline.Budgets;

/// <summary>Keeps saying that a run is alive, until it is disposed.</summary>
public sealed class LeaseRenewal : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _loop;

    /// <summary>Starts at once; the first renewal comes after a quarter of a lease.</summary>
    /// <param name="renew">Renews the lease.</param>
    /// <param name="time">Source of the pauses.</param>
    public LeaseRenewal(Func<CancellationToken, Task> renew, TimeProvider time) => _loop = RunAsync(renew, time);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loop;
        _end.Dispose();
    }

    private async Task RunAsync(Func<CancellationToken, Task> renew, TimeProvider time)
    {
        using var timer = new PeriodicTimer(BudgetLedger.Lease / 4, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                await RenewOnceAsync(renew);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task RenewOnceAsync(Func<CancellationToken, Task> renew)
    {
        try
        {
            await renew(_end.Token);
        }
        catch (PipelineException)
        {
            // The next renewal comes before the lease ends; and a reservation whose job runs is never given away.
        }
    }
}
