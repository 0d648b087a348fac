using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Keeps one setting document of a bucket.</summary>
/// <param name="name">The setting's name in the store.</param>
/// <param name="operation">S3's operation that puts it, for errors.</param>
/// <param name="render">The document of a state; null where there is to be none.</param>
internal sealed class BucketSettingEffects(string name, string operation, Func<MapValue, string?> render) : IResourceEffects
{
    /// <summary>Takes what somebody else put into the document over into the state.</summary>
    public Func<MapValue, string, MapValue>? ReadBack { get; init; }

    /// <summary>What a deletion leaves; by default nothing.</summary>
    public Func<MapValue, string?>? Removed { get; init; }

    public Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var bucket = state.Text("bucket")!;
        S3Refusal.Rethrow(
            $"putting the {name} of S3 Bucket ({bucket})", operation, () => context.Store.SetBucketSetting(bucket, name, render(state)));
        return Task.FromResult(state);
    }

    public void Delete(ResourceContext context, MapValue state)
    {
        var bucket = state.Text("bucket")!;
        if (context.Store.BucketExists(bucket) && !state.IsTrue("skip_destroy"))
        {
            context.Store.SetBucketSetting(bucket, name, Removed?.Invoke(state));
        }
    }

    public MapValue? Read(ResourceContext context, MapValue state)
    {
        var bucket = state.Text("bucket")!;
        if (!context.Store.BucketExists(bucket))
        {
            return null;
        }

        return context.Store.GetBucketSetting(bucket, name) is not { } document
            ? render(state) is null ? state : null
            : ReadBack is null ? state : ReadBack(state, document);
    }
}
