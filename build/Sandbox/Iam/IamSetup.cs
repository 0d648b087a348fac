namespace BuildPipeline.Sandbox.Iam;

internal static class IamSetup
{
    public static IServiceCollection AddIam(this IServiceCollection services) => services
        .AddSingleton<IamStore>()
        .AddSingleton<IIdentityPolicies, IdentityPolicies>();
}
