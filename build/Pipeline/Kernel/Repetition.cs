namespace BuildPipeline.Kernel;

/// <summary>Does something again and again beside other work, until it is disposed.</summary>
public sealed class Repetition : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _loop;

    /// <summary>Starts at once; the first time comes after one interval.</summary>
    /// <param name="work">What is done; it throws nothing but its cancellation.</param>
    /// <param name="interval">From one time to the next.</param>
    /// <param name="time">Source of the pauses.</param>
    public Repetition(Func<CancellationToken, Task> work, TimeSpan interval, TimeProvider time) => _loop = RunAsync(work, interval, time);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loop;
        _end.Dispose();
    }

    private async Task RunAsync(Func<CancellationToken, Task> work, TimeSpan interval, TimeProvider time)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                await work(_end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
