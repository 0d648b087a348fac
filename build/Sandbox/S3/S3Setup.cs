using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Protocol;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3;

internal static class S3Setup
{
    public static IServiceCollection AddS3(this IServiceCollection services) => services
        .AddSingleton<ObjectStore>()
        .AddSingleton<IObjectStore>(provider => provider.GetRequiredService<ObjectStore>())
        .AddSingleton<MultipartStore>()
        .AddSingleton<IS3Operations, BucketOperations>()
        .AddSingleton<IS3Operations, ReadOperations>()
        .AddSingleton<IS3Operations, WriteOperations>()
        .AddSingleton<IS3Operations, DeleteOperations>()
        .AddSingleton<IS3Operations, TaggingOperations>()
        .AddSingleton<IS3Operations, ListOperations>()
        .AddSingleton<IS3Operations, MultipartOperations>()
        .AddSingleton<IS3Operations, CompleteOperation>()
        .AddSingleton<IAwsService, S3Service>();
}
