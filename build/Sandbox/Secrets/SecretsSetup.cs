using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Secrets;

internal static class SecretsSetup
{
    public static IServiceCollection AddSecrets(this IServiceCollection services) => services
        .AddSingleton(provider => new SecretFolders(provider.GetRequiredService<SandboxSettings>()))
        .AddSingleton(provider => provider.GetRequiredService<SecretFolders>().Of<Parameter>("parameters"))
        .AddSingleton<IAwsService, ParameterService>().AddSingleton<IAwsService, SecretService>();
}
