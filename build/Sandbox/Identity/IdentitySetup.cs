using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

internal static class IdentitySetup
{
    public static IServiceCollection AddIdentity(this IServiceCollection services) =>
        services
        .AddSingleton<Sessions>().AddSingleton<AccessKeys>().AddSingleton<SigningKeys>().AddSingleton<Authenticator>().AddSingleton<RoleTrust>().AddSingleton<ServiceRoles>()
        .AddSingleton<IAwsService, SecurityTokenService>();
}
