using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Kms;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Sns;
using BuildPipeline.Sandbox.Terraform.DataSources;
using BuildPipeline.Sandbox.Terraform.Permissions;
using BuildPipeline.Sandbox.Terraform.Protocol;
using BuildPipeline.Sandbox.Terraform.Registry;
using BuildPipeline.Sandbox.Terraform.Resources;
using BuildPipeline.Sandbox.Terraform.Schema;

namespace BuildPipeline.Sandbox.Terraform;

internal static class TerraformSetup
{
    private const int MostMessageBytes = 64 * 1024 * 1024;

    public static IServiceCollection AddTerraform(this IServiceCollection services)
    {
        services.AddGrpc(options => options.MaxReceiveMessageSize = MostMessageBytes);
        return services
            .AddSingleton(_ => AwsSchema.Load())
            .AddSingleton<ResourceRegistry>()
            .AddSingleton<IResourceRegistry>(provider => provider.GetRequiredService<ResourceRegistry>())
            .AddSingleton<AccountServices>()
            .AddSingleton<ResourceContexts>()
            .AddSingleton<RegisteredKmsKeys>()
            .AddSingleton<IKmsKeys>(provider => provider.GetRequiredService<RegisteredKmsKeys>())
            .AddSingleton<IKeyPolicies>(provider => provider.GetRequiredService<RegisteredKmsKeys>())
            .AddSingleton<IAccountKeys>(provider => provider.GetRequiredService<RegisteredKmsKeys>())
            .AddSingleton<ITopicKeys>(provider => provider.GetRequiredService<RegisteredKmsKeys>())
            .AddSingleton<IResourceFacts, RegisteredFacts>()
            .AddSingleton<ProviderPermissions>()
            .AddSingleton<ResourceOperations>()
            .AddSingleton<DataSourceReader>()
            .AddSingleton<HeldAnswers>();
    }

    /// <summary>Maps the provider; terraform reaches it on an endpoint that speaks HTTP/2 without TLS.</summary>
    public static WebApplication MapTerraform(this WebApplication app)
    {
        app.MapGrpcService<ProviderService>();
        return app;
    }
}
