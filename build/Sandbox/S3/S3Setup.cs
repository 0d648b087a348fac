using BuildPipeline.Sandbox.Authorization;
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
        .AddHostedService<LifecycleWorker>()
        .AddSingleton<EncryptionOfWrite>()
        .AddSingleton<NewObject>()
        .AddSingleton<Accounts>()
        .AddSingleton<AccessControl>()
        .AddSingleton<SessionGate>()
        .AddSingleton<IObjectAccess>(provider => provider.GetRequiredService<SessionGate>())
        .AddSingleton<IResourceFacts, BucketFacts>()
        .AddSingleton<AccessGate>()
        .AddSingleton<PostSignature>()
        .AddSingleton<PostOperation>()
        .AddSingleton<IS3Operations, BucketOperations>()
        .AddSingleton<IS3Operations, SettingOperations>()
        .AddSingleton<IS3Operations, AclOperations>()
        .AddSingleton<IS3Operations, LockOperations>()
        .AddSingleton<IS3Operations, AttributeOperations>()
        .AddSingleton<IS3Operations, ReadOperations>()
        .AddSingleton<IS3Operations, WriteOperations>()
        .AddSingleton<IS3Operations, DeleteOperations>()
        .AddSingleton<IS3Operations, TaggingOperations>()
        .AddSingleton<IS3Operations, ListOperations>()
        .AddSingleton<IS3Operations, MultipartOperations>()
        .AddSingleton<IS3Operations, CompleteOperation>()
        .AddSingleton<IAwsService, S3Service>();
}
