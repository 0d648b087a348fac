namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Waits for what another process does. It gives no signal that reaches here, so it is asked again and again.</summary>
internal static class Eventually
{
    /// <summary>Waits until a condition holds; one that cannot hold any more throws.</summary>
    /// <param name="holds">The condition.</param>
    /// <param name="seconds">The longest wait.</param>
    /// <param name="everyMilliseconds">How often it is asked.</param>
    /// <exception cref="OperationCanceledException">It did not hold in time.</exception>
    public static async Task HoldsAsync(Func<Task<bool>> holds, int seconds = 60, int everyMilliseconds = 50)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (!await holds())
        {
            await Task.Delay(everyMilliseconds, limit.Token);
        }
    }
}
