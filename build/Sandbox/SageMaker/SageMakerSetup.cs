using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.SageMaker.Execution;
using BuildPipeline.Sandbox.SageMaker.Images;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Nodes;
using BuildPipeline.Sandbox.SageMaker.Requests;
using BuildPipeline.Sandbox.SageMaker.Spot;

namespace BuildPipeline.Sandbox.SageMaker;

internal static class SageMakerSetup
{
    public static IServiceCollection AddSageMaker(this IServiceCollection services) => services
        .AddSingleton(new JobSettings())
        .AddSingleton(TrainingImages.BuiltIn)
        .AddSingleton<INodeRunner>(_ => new ProcessNodeRunner(NodeIsolation.Probe()))
        .AddSingleton<TrainingJobStore>()
        .AddSingleton<IResourceFacts>(provider => provider.GetRequiredService<TrainingJobStore>())
        .AddSingleton<SpotMarket>()
        .AddSingleton<AccountResources>()
        .AddSingleton<TrainingJobRules>()
        .AddSingleton<AccountLimits>()
        .AddSingleton<JobStores>()
        .AddSingleton<JobRoles>()
        .AddSingleton<NodeHost>()
        .AddSingleton<JobPlatform>()
        .AddSingleton<TrainingJobScheduler>()
        .AddSingleton<IKeepsAlive>(provider => provider.GetRequiredService<TrainingJobScheduler>())
        .AddSingleton<ISandboxInventory>(provider => provider.GetRequiredService<TrainingJobScheduler>())
        .AddHostedService<JobEvents>()
        .AddHostedService(provider => provider.GetRequiredService<TrainingJobScheduler>())
        .AddSingleton<IAwsService, SageMakerService>();

    public static WebApplication MapSageMaker(this WebApplication app)
    {
        app.MapGet("/_sandbox/spot", (SpotMarket market) => Results.Json(market.Schedule, SandboxJson.Options));
        app.MapPut("/_sandbox/spot", (HttpContext context, SpotMarket market) =>
            ControlRequest.ApplyAsync<SpotSchedule>(context, "The spot schedule is not valid", market.Set));
        app.MapGet("/_sandbox/images", (string? uri, TrainingImages images) => Results.Json(
            new { images.Names, Problem = uri is null ? null : images.ProblemOf(uri) }, SandboxJson.Options));
        return app;
    }
}
