namespace BuildPipeline.Sandbox.Terraform;

internal static class TerraformSetup
{
    public static IServiceCollection AddTerraform(this IServiceCollection services) => services;

    public static WebApplication MapTerraform(this WebApplication app) => app;
}
