using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Hosting;

/// <summary>Answers have the sandbox's time in their Date, by which clients correct a clock that differs; the server itself would write this machine's.</summary>
internal sealed class ClockHeader(RequestDelegate next, SandboxClock clock)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (clock.Ahead != TimeSpan.Zero)
        {
            context.Response.Headers.Date = clock.GetUtcNow().ToString("R");
        }

        return next(context);
    }
}
