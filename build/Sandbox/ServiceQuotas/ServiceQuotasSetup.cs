using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.ServiceQuotas;

internal static class ServiceQuotasSetup
{
    public static IServiceCollection AddServiceQuotas(this IServiceCollection services) =>
        services.AddSingleton<IAwsService, ServiceQuotasService>();
}
