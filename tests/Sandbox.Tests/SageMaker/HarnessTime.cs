using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

/// <summary>Virtual time that knows what waits for it: a job copies files and ends programs beside it, and only then waits.</summary>
internal sealed class HarnessTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    // While one thread wakes what is due, FakeTimeProvider lets another one pass over it: time would pass before what it wakes has run.
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<Waiting, (TimeSpan Length, bool Repeats)> _waiting = new();

    /// <summary>True while something waits for that long.</summary>
    public bool Waits(TimeSpan length) => _waiting.Values.Contains((length, false));

    /// <summary>True while something is done each time that this has passed.</summary>
    public bool Repeats(TimeSpan period) => _waiting.Values.Contains((period, true));

    /// <summary>Lets time pass, and runs what waits for it.</summary>
    public new void Advance(TimeSpan delta)
    {
        lock (_gate)
        {
            base.Advance(delta);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            var waiting = new Waiting(_waiting);
            var repeats = period != Timeout.InfiniteTimeSpan;
            _waiting[waiting] = repeats ? (period, true) : (dueTime, false);
            waiting.Timer = base.CreateTimer(
                given =>
                {
                    if (!repeats)
                    {
                        waiting.End();
                    }

                    callback(given);
                },
                state,
                dueTime,
                period);
            return waiting;
        }
    }

    private sealed class Waiting(ConcurrentDictionary<Waiting, (TimeSpan Length, bool Repeats)> all) : ITimer
    {
        public ITimer? Timer { get; set; }

        public void End() => all.TryRemove(this, out _);

        public bool Change(TimeSpan dueTime, TimeSpan period) => Timer!.Change(dueTime, period);

        public void Dispose()
        {
            End();
            Timer!.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            End();
            return Timer!.DisposeAsync();
        }
    }
}
