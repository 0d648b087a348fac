using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch;

internal static class CloudWatchSetup
{
    public static IServiceCollection AddCloudWatch(this IServiceCollection services) =>
        services.AddSingleton<MetricStore>().AddSingleton<IAwsService, CloudWatchService>();
}
