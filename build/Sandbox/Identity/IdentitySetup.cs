using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

internal static class IdentitySetup
{
    public static IServiceCollection AddIdentity(this IServiceCollection services) =>
        services
        .AddSingleton<Sessions>().AddSingleton<AccessKeys>().AddSingleton<SigningKeys>().AddSingleton<Authenticator>().AddSingleton<RoleTrust>().AddSingleton<ServiceRoles>()
        .AddSingleton<IAwsService, SecurityTokenService>();

    public static WebApplication MapIdentity(this WebApplication app)
    {
        app.MapPut("/_sandbox/sessions", (HttpContext context, Sessions sessions) =>
            ControlRequest.ApplyAsync<SessionLimit>(context, "The limit is JSON such as {\"longest_seconds\": 30}, null for none", limit => sessions.Limit = limit.Checked()));
        return app;
    }
}
