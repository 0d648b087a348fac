using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3;

internal static class S3Setup
{
    public static IServiceCollection AddS3(this IServiceCollection services) => services
        .AddSingleton<ObjectStore>()
        .AddSingleton<IObjectStore>(provider => provider.GetRequiredService<ObjectStore>());

    public static WebApplication MapS3(this WebApplication app) => app;
}
