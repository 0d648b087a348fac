using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Iam;

internal static class IamSetup
{
    public static IServiceCollection AddIam(this IServiceCollection services) => services
        .AddSingleton<IamStore>()
        .AddSingleton<IIdentityPolicies, IdentityPolicies>()
        .AddSingleton<Roles>()
        .AddSingleton<TrustPolicies>()
        .AddSingleton<RoleOperations>()
        .AddSingleton<RolePolicyOperations>()
        .AddSingleton<PolicyOperations>()
        .AddSingleton<PolicyVersionOperations>()
        .AddSingleton<IdentityProviderOperations>()
        .AddSingleton<IAwsService, IamService>();
}
