namespace BuildPipeline.Sandbox.GitHub;

internal static class GitHubSetup
{
    public static IServiceCollection AddGitHub(this IServiceCollection services) => services;

    public static WebApplication MapGitHub(this WebApplication app) => app;
}
