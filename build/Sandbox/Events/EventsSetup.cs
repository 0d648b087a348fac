using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Events;

internal static class EventsSetup
{
    public static IServiceCollection AddEvents(this IServiceCollection services) => services
        .AddSingleton(provider => EventStore.OfRegions(provider.GetRequiredService<SandboxSettings>()))
        .AddSingleton<TargetDelivery>()
        .AddSingleton<EventBus>()
        .AddSingleton<EventSchedules>()
        .AddHostedService(provider => provider.GetRequiredService<EventSchedules>())
        .AddSingleton<RuleOperations>()
        .AddSingleton<TargetOperations>()
        .AddSingleton<BusOperations>()
        .AddSingleton<IAwsService, EventsService>();

    public static WebApplication MapEvents(this WebApplication app)
    {
        app.MapGet("/_sandbox/events", (PerRegion<EventStore> stores) => Results.Json(stores.All.SelectMany(store => store.Deliveries), SandboxJson.Options));
        return app;
    }
}
