using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Kms;

internal static class KmsSetup
{
    public static IServiceCollection AddKms(this IServiceCollection services) => services
        .AddSingleton<ProvidedKey>()
        .AddSingleton<IResourceFacts>(provider => provider.GetRequiredService<ProvidedKey>())
        .AddSingleton<IAwsService, KmsService>();
}
