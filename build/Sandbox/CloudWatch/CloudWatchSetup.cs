using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch;

internal static class CloudWatchSetup
{
    public static IServiceCollection AddCloudWatch(this IServiceCollection services) =>
        services.AddSingleton(provider => MetricStore.OfRegions(provider.GetRequiredService<SandboxSettings>())).AddSingleton<IAwsService, CloudWatchService>();
}
