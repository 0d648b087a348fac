using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Sns;

internal static class SnsSetup
{
    /// <summary>Where the certificate of SNS's signatures is, without its name.</summary>
    public const string CertificatePath = "/_sandbox/sns/";

    public static IServiceCollection AddSns(this IServiceCollection services) => services
        .AddSingleton(provider => TopicStore.OfRegions(provider.GetRequiredService<SandboxSettings>()))
        .AddSingleton<IResourceFacts, TopicFacts>()
        .AddSingleton<MessageSigner>()
        .AddSingleton<Deliveries>()
        .AddHostedService(provider => provider.GetRequiredService<Deliveries>())
        .AddSingleton<Topics>()
        .AddSingleton<ITopics>(provider => provider.GetRequiredService<Topics>())
        .AddSingleton<TopicOperations>()
        .AddSingleton<SubscriptionOperations>()
        .AddSingleton<IAwsService, SnsService>();

    public static WebApplication MapSns(this WebApplication app)
    {
        app.MapGet(CertificatePath + "{name}", (string name, MessageSigner signer) =>
            name == signer.CertificateName ? Results.Text(signer.Certificate, "application/x-pem-file") : Results.NotFound());
        app.MapGet("/_sandbox/messages", (Deliveries deliveries) => Results.Json(deliveries.All, SandboxJson.Options));
        return app;
    }
}
