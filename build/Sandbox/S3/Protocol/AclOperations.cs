using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>The access control lists of buckets and objects.</summary>
internal sealed class AclOperations(ObjectStore store, Accounts accounts, AccessControl control) : IS3Operations
{
    public IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers =>
    [
        ("GetBucketAcl", GetOfBucketAsync),
        ("PutBucketAcl", PutOfBucketAsync),
        ("GetObjectAcl", GetOfObjectAsync),
        ("PutObjectAcl", PutOfObjectAsync),
    ];

    private Task GetOfBucketAsync(S3Call call)
    {
        var bucket = store.Describe(call.Bucket);
        return call.WriteXmlAsync(control.Document(accounts.OwnerOf(bucket), accounts.GrantsOf(bucket)));
    }

    private async Task PutOfBucketAsync(S3Call call)
    {
        var bucket = store.Describe(call.Bucket);
        store.SetGrants(call.Bucket, await control.ReadAsync(call, bucket, accounts.OwnerOf(bucket), store.StagingFolder));
    }

    private Task GetOfObjectAsync(S3Call call)
    {
        var (bucket, version) = (store.Describe(call.Bucket), Existing(call));
        NameVersion(call, version);
        return call.WriteXmlAsync(control.Document(accounts.OwnerOf(version.Headers, bucket), accounts.GrantsOf(version.Headers, bucket)));
    }

    private async Task PutOfObjectAsync(S3Call call)
    {
        var (bucket, version) = (store.Describe(call.Bucket), Existing(call));
        var grants = await control.ReadAsync(call, bucket, accounts.OwnerOf(version.Headers, bucket), store.StagingFolder);
        NameVersion(call, store.Update(call.Bucket, call.Key, version.VersionId, headers => headers with { Grants = grants }));
    }

    private VersionRecord Existing(S3Call call) => store.RequireRecord(call.Bucket, call.Key, call.Query("versionId"));

    private static void NameVersion(S3Call call, VersionRecord version) =>
        call.Response.Headers["x-amz-version-id"] = version.VersionId == VersionRecord.NullVersion ? null : version.VersionId;
}
