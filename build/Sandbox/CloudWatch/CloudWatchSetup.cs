using BuildPipeline.Sandbox.CloudWatch.Alarms;
using BuildPipeline.Sandbox.CloudWatch.Dashboards;
using BuildPipeline.Sandbox.CloudWatch.Metrics;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch;

internal static class CloudWatchSetup
{
    public static IServiceCollection AddCloudWatch(this IServiceCollection services) => services
        .AddSingleton(provider => MetricStore.OfRegions(provider.GetRequiredService<SandboxSettings>()))
        .AddSingleton(provider => AlarmStore.OfRegions(provider.GetRequiredService<SandboxSettings>()))
        .AddSingleton<AlarmStates>()
        .AddSingleton<AlarmMonitor>()
        .AddHostedService(provider => provider.GetRequiredService<AlarmMonitor>())
        .AddSingleton<MetricOperations>()
        .AddSingleton<AlarmOperations>()
        .AddSingleton<AlarmQueries>()
        .AddSingleton<AlarmTags>()
        .AddSingleton<DashboardOperations>()
        .AddSingleton<ISandboxInventory, AlarmInventory>()
        .AddSingleton<IAwsService, CloudWatchService>();

    public static WebApplication MapCloudWatch(this WebApplication app)
    {
        app.MapPost("/_sandbox/alarms", (HttpContext context, AlarmMonitor monitor) =>
            ControlRequest.ApplyAsync<AlarmForecast>(context, "Alarms are evaluated ahead for a number of minutes such as {\"minutes\":5}", monitor.Foresee));
        return app;
    }
}
