namespace BuildPipeline.Sandbox.Identity;

internal static class IdentitySetup
{
    public static IServiceCollection AddIdentity(this IServiceCollection services) => services;

    public static WebApplication MapIdentity(this WebApplication app) => app;
}
