using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Ec2;

internal static class Ec2Setup
{
    public static IServiceCollection AddEc2(this IServiceCollection services) => services.AddSingleton<IAwsService, Ec2Service>();
}
