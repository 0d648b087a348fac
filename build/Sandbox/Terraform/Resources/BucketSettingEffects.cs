using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Keeps one setting document of a bucket.</summary>
/// <param name="name">The setting's name in the store.</param>
/// <param name="operation">S3's operation that puts it, for errors.</param>
/// <param name="render">The document of a state; null if there is to be none.</param>
/// <param name="readBack">The state with what a document says, whoever wrote it; null if it says that there is no such setting.</param>
internal sealed class BucketSettingEffects(
    string name, string operation, Func<MapValue, string?> render, Func<MapValue, string, MapValue?> readBack) : IResourceEffects
{
    /// <summary>What a deletion leaves; by default nothing.</summary>
    public Func<MapValue, string?>? Removed { get; init; }

    /// <summary>True where S3 refuses the setting of its clients, and terraform only records it.</summary>
    public bool IsRecordedOnly { get; init; }

    /// <summary>True for a state that is so without any document.</summary>
    public Func<MapValue, bool> IsAbsence { get; init; } = _ => false;

    public Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var bucket = state.Text("bucket")!;
        S3Refusal.Rethrow($"putting the {name} of S3 Bucket ({bucket})", operation, () =>
        {
            if (IsRecordedOnly)
            {
                context.Store.SetBucketSetting(bucket, name, render(state));
            }
            else
            {
                S3Refusal.Put(context, bucket, name, render(state));
            }
        });
        return Task.FromResult(state);
    }

    public Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        var bucket = state.Text("bucket")!;
        if (context.Store.BucketExists(bucket) && !state.IsTrue("skip_destroy"))
        {
            context.Store.SetBucketSetting(bucket, name, Removed?.Invoke(state));
        }

        return Task.CompletedTask;
    }

    public Task<MapValue?> ReadAsync(ResourceContext context, MapValue state) => Task.FromResult(Read(context, state));

    private MapValue? Read(ResourceContext context, MapValue state)
    {
        var bucket = state.Text("bucket")!;
        if (!context.Store.BucketExists(bucket))
        {
            return null;
        }

        if (context.Store.GetBucketSetting(bucket, name) is not { } document)
        {
            return IsAbsence(state) ? state : null;
        }

        // A document that says the same in other words is not a drift.
        var found = readBack(state, document);
        return found is not null && render(found) == render(state) ? state : found;
    }
}
