namespace BuildPipeline.Sandbox.GitHub;

internal static class GitHubSetup
{
    public static IServiceCollection AddGitHub(this IServiceCollection services) =>
        services.AddSingleton<GitHubStore>().AddSingleton<PeopleStore>().AddSingleton<GitHubAccess>();

    public static WebApplication MapGitHub(this WebApplication app)
    {
        // Opened at once, so damaged state is said at start.
        app.Services.GetRequiredService<GitHubStore>();
        app.Services.GetRequiredService<PeopleStore>();
        app.MapChecked("/api/v3")
            .MapRepositories()
            .MapComments()
            .MapStatuses()
            .MapCheckRuns()
            .MapDeployments()
            .MapPeople()
            .MapActions();
        app.MapChecked("/api").MapGraphQl();
        app.MapActionsControl();
        app.MapPeopleControl();
        app.MapCommentsControl();
        return app;
    }

    private static RouteGroupBuilder MapChecked(this WebApplication app, string prefix) => app.MapGroup(prefix)
        .AddEndpointFilterFactory((_, next) => invocation =>
            invocation.HttpContext.RequestServices.GetRequiredService<GitHubAccess>().InvokeAsync(invocation, next));
}
