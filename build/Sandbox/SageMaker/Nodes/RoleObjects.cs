using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.SageMaker.Jobs;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>The objects of S3, as far as the role of a job may read and write them. What it may not is the end of the job.</summary>
internal sealed class RoleObjects(IObjectStore objects, IObjectAccess access, Caller role) : IObjectStore
{
    private const string Download = "Data download failed";
    private const string Upload = "Artifact upload failed";

    public IReadOnlyList<string> Buckets => objects.Buckets;

    public bool BucketExists(string bucket) => objects.BucketExists(bucket);

    public void CreateBucket(string bucket, string region) => objects.CreateBucket(bucket, region);

    public void DeleteBucket(string bucket) => objects.DeleteBucket(bucket);

    public string? GetBucketSetting(string bucket, string name) => objects.GetBucketSetting(bucket, name);

    public void SetBucketSetting(string bucket, string name, string? document) => objects.SetBucketSetting(bucket, name, document);

    public IReadOnlyList<StoredObject> List(string bucket, string prefix)
    {
        Require(Download, "ListObjectsV2", bucket, prefix);
        return objects.List(bucket, prefix);
    }

    public StoredObject? Find(string bucket, string key, string? versionId = null)
    {
        Require(Download, "HeadObject", bucket, key);
        return objects.Find(bucket, key, versionId);
    }

    public Stream Open(StoredObject stored)
    {
        Require(Download, "GetObject", stored.Bucket, stored.Key);
        return objects.Open(stored);
    }

    public Task<StoredObject> PutAsync(string bucket, string key, Stream content, ObjectHeaders? headers = null, CancellationToken cancellationToken = default)
    {
        Require(Upload, "PutObject", bucket, key, headers ?? new ObjectHeaders());
        return objects.PutAsync(bucket, key, content, headers, cancellationToken);
    }

    public void Delete(string bucket, string key)
    {
        Require(Upload, "DeleteObject", bucket, key);
        objects.Delete(bucket, key);
    }

    private void Require(string step, string operation, string bucket, string key, ObjectHeaders? headers = null)
    {
        try
        {
            access.Require(role, operation, bucket, key, headers);
        }
        catch (AwsError refusal)
        {
            throw new JobFailure($"ClientError: {step}: {refusal.Code}: {refusal.Message}");
        }
    }
}
