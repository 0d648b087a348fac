using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Authorization;

internal static class AuthorizationSetup
{
    public static IServiceCollection AddCallerPolicies(this IServiceCollection services) => services
        .AddSingleton<AuthorizationLog>()
        .AddSingleton<RolePolicies>()
        .AddSingleton<Authorizer>()
        .AddSingleton<ICallerPolicies>(provider => provider.GetRequiredService<Authorizer>());

    public static WebApplication MapCallerPolicies(this WebApplication app)
    {
        app.MapGet("/_sandbox/authorizations", (AuthorizationLog log) => Results.Json(log.Entries, SandboxJson.Options));
        app.MapDelete("/_sandbox/authorizations", (AuthorizationLog log) =>
        {
            log.Clear();
            return Results.NoContent();
        });
        return app;
    }
}
