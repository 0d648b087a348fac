using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CodeBuild;

internal static class CodeBuildSetup
{
    public static IServiceCollection AddCodeBuild(this IServiceCollection services) => services
        .AddSingleton(provider => BuildStore.OfRegions(provider.GetRequiredService<SandboxSettings>()))
        .AddSingleton(provider => Checkout.Find(provider.GetRequiredService<SandboxSettings>().StateFolder))
        .AddSingleton<BuildInputs>()
        .AddSingleton<BuildHost>()
        .AddSingleton<BuildScheduler>()
        .AddSingleton<IProjects>(provider => provider.GetRequiredService<BuildScheduler>())
        .AddSingleton<IKeepsAlive>(provider => provider.GetRequiredService<BuildScheduler>())
        .AddSingleton<ISandboxInventory>(provider => provider.GetRequiredService<BuildScheduler>())
        .AddHostedService(provider => provider.GetRequiredService<BuildScheduler>())
        .AddSingleton<IResourceFacts, ProjectFacts>()
        .AddSingleton<ProjectRules>()
        .AddSingleton<ProjectOperations>()
        .AddSingleton<BuildOperations>()
        .AddSingleton<IAwsService, CodeBuildService>();
}
