using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Mlflow;

internal static class MlflowSetup
{
    public static IServiceCollection AddMlflow(this IServiceCollection services) => services
        .AddSingleton<MlflowStore>()
        .AddSingleton<MlflowApi>()
        .AddSingleton<IAwsService, ManagedMlflowService>()
        .AddSingleton<ISandboxInventory, MlflowInventory>();

    public static WebApplication MapMlflow(this WebApplication app)
    {
        // Opened at once, so damaged state is said at start.
        app.Services.GetRequiredService<MlflowStore>();
        app.Map(MlflowApi.Root + "/{**operation}", (HttpContext context, MlflowApi api) => api.HandleAsync(context));
        return app;
    }
}

/// <summary>The runs, with the number of their metrics and of those that came twice.</summary>
internal sealed class MlflowInventory(MlflowStore store) : ISandboxInventory
{
    public string Name => "mlflow_runs";

    public JsonNode Describe()
    {
        lock (store.Gate)
        {
            return new JsonArray([.. store.Runs.OrderBy(run => run.StartTime).Select(run => new JsonObject
            {
                ["id"] = run.Id,
                ["name"] = run.Name,
                ["experiment"] = store.Experiment(run.ExperimentId).Name,
                ["status"] = run.Status,
                ["metrics"] = store.Metrics(run.Id).Count,
                ["repeated_metrics"] = store.Metrics(run.Id).Repeated,
            })]);
        }
    }
}
