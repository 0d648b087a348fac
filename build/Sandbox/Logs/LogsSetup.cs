using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Logs;

internal static class LogsSetup
{
    public static IServiceCollection AddLogs(this IServiceCollection services) =>
        services.AddSingleton(provider => LogStore.OfRegions(provider.GetRequiredService<SandboxSettings>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<ISandboxInventory, LogInventory>().AddSingleton<IAwsService, LogsService>();
}
