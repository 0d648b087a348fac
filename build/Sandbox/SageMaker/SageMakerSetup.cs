namespace BuildPipeline.Sandbox.SageMaker;

internal static class SageMakerSetup
{
    public static IServiceCollection AddSageMaker(this IServiceCollection services) => services;

    public static WebApplication MapSageMaker(this WebApplication app) => app;
}
