using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Hosting;

/// <summary>When the sandbox was last asked anything.</summary>
internal sealed class Activity(TimeProvider time)
{
    private long _last = time.GetTimestamp();
    private int _open;

    /// <summary>Zero while a request is open.</summary>
    public TimeSpan IdleTime => Volatile.Read(ref _open) > 0 ? TimeSpan.Zero : time.GetElapsedTime(Volatile.Read(ref _last));

    public void Begin() => Interlocked.Increment(ref _open);

    public void End()
    {
        Touch();
        Interlocked.Decrement(ref _open);
    }

    public void Touch() => Volatile.Write(ref _last, time.GetTimestamp());
}

/// <summary>Counts every request on every endpoint as activity.</summary>
internal sealed class ActivityMiddleware(RequestDelegate next, Activity activity)
{
    public async Task InvokeAsync(HttpContext context)
    {
        activity.Begin();
        try
        {
            await next(context);
        }
        finally
        {
            activity.End();
        }
    }
}

/// <summary>Ends the process when nobody has asked for long enough and no part is busy.</summary>
internal sealed class IdleShutdown(
    SandboxOptions options, Activity activity, IEnumerable<IKeepsAlive> parts, IHostApplicationLifetime lifetime, TimeProvider time)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Idle is not { } limit)
        {
            return;
        }

        while (activity.IdleTime < limit)
        {
            await Task.Delay(limit - activity.IdleTime, time, stoppingToken);
            if (parts.Any(part => part.Busy))
            {
                activity.Touch();
            }
        }

        lifetime.StopApplication();
    }
}
