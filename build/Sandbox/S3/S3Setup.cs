namespace BuildPipeline.Sandbox.S3;

internal static class S3Setup
{
    public static IServiceCollection AddS3(this IServiceCollection services) => services;

    public static WebApplication MapS3(this WebApplication app) => app;
}
