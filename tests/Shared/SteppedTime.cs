using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline;

/// <summary>A clock that a test moves on, and that tells when something begins to wait for it.</summary>
internal sealed class SteppedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private TaskCompletionSource _next = Unset();

    /// <summary>Completes once something waits that did not when this was read.</summary>
    public Task NextWait => _next.Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Interlocked.Exchange(ref _next, Unset()).SetResult();
        return timer;
    }

    private static TaskCompletionSource Unset() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
