using System.Net;

namespace BuildPipeline.Sandbox.Hosting;

/// <summary>Keeps gRPC on its own endpoint and web pages out: a browser on this machine reaches loopback too.</summary>
internal sealed class ListenerGuard(RequestDelegate next, Listeners listeners)
{
    public Task InvokeAsync(HttpContext context)
    {
        var isGrpc = context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;
        var toProvider = listeners.AreProvider(context.Connection.LocalPort);
        if (isGrpc != toProvider)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        // terraform names its provider by its own host making; browsers do not speak gRPC.
        if (!toProvider && (!IsLoopback(context.Request.Host.Host) || context.Request.Headers.Origin.Count > 0))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Response.WriteAsync("The sandbox answers programs on this machine, by the names 127.0.0.1 and localhost; S3 in path style.");
        }

        return next(context);
    }

    private static bool IsLoopback(string host) =>
        host is "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
