using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>Applies the lifecycle rules of all buckets once a day, as S3 does, and at the start for the days before.</summary>
internal sealed class LifecycleWorker(ObjectStore store, MultipartStore uploads, TimeProvider time) : BackgroundService
{
    /// <summary>Removes what is due by now.</summary>
    public void Apply()
    {
        var now = time.GetUtcNow();
        foreach (var bucket in store.Buckets)
        {
            try
            {
                Apply(bucket, LifecycleRule.From(store.Describe(bucket)), now);
            }
            catch (AwsError)
            {
                // Somebody has deleted the bucket in the meantime.
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Apply();
            var now = time.GetUtcNow();
            await Task.Delay(LifecycleRule.After(now, 0) - now, time, stoppingToken);
        }
    }

    private void Apply(string bucket, IReadOnlyList<LifecycleRule> rules, DateTimeOffset now)
    {
        if (rules.Count == 0)
        {
            return;
        }

        var plan = LifecyclePlan.Create(rules, store.Records(bucket, allVersions: true), now);
        foreach (var version in plan.Removed.Where(version => version.Headers.Lock?.Protects(now) != true))
        {
            store.Delete(bucket, version.Key, version.VersionId, WriteCondition.None);
        }

        foreach (var key in plan.Expired)
        {
            store.Delete(bucket, key, versionId: null, WriteCondition.None);
        }

        foreach (var upload in uploads.List(bucket).Where(upload => rules.Any(rule =>
            rule.AbortDays is { } days && rule.Applies(upload) && LifecycleRule.After(upload.Initiated, days) <= now)))
        {
            uploads.Remove(upload);
        }
    }
}
