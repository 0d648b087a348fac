using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3;

/// <summary>The policies of buckets, for whoever decides on requests that do not come through S3.</summary>
internal sealed class BucketFacts(ObjectStore store) : IResourceFacts
{
    public ResourceFacts? Find(string arn) =>
        arn.Split(':') is [_, _, "s3", "", "", var bucket] && store.BucketExists(bucket)
            ? new ResourceFacts(new Dictionary<string, string>(), store.GetBucketSetting(bucket, "policy"))
            : null;
}
