namespace BuildPipeline.Sandbox.GitHub;

internal static class GitHubSetup
{
    public static IServiceCollection AddGitHub(this IServiceCollection services) =>
        services.AddSingleton<GitHubStore>().AddSingleton<GitHubAccess>();

    public static WebApplication MapGitHub(this WebApplication app)
    {
        // Opened at once, so damaged state is said at start.
        app.Services.GetRequiredService<GitHubStore>();
        app.MapGroup("/api/v3")
            .AddEndpointFilterFactory((_, next) => invocation =>
                invocation.HttpContext.RequestServices.GetRequiredService<GitHubAccess>().InvokeAsync(invocation, next))
            .MapRepositories()
            .MapComments()
            .MapStatuses()
            .MapActions();
        app.MapActionsControl();
        return app;
    }
}
