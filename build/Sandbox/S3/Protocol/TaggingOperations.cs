using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Tags of objects. Tags are kept as the header <c>x-amz-tagging</c> has them.</summary>
internal sealed class TaggingOperations(ObjectStore store) : IS3Operations
{
    public IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers =>
    [
        ("GetObjectTagging", GetAsync),
        ("PutObjectTagging", PutAsync),
        ("DeleteObjectTagging", DeleteAsync),
    ];

    private Task GetAsync(S3Call call) => call.WriteXmlAsync("Tagging", TagSet.Element(TagSet.Parse(store.RequireRecord(call.Bucket, call.Key, call.Query("versionId")).Headers.Tagging)));

    private async Task PutAsync(S3Call call)
    {
        var document = await RequestBody.ReadDocumentAsync(call, store.StagingFolder);
        var tags = TagSet.Parse(document.Child("TagSet"));
        TagSet.Check(tags, TagSet.MostOfObject);
        Change(call, TagSet.Query(tags));
    }

    private Task DeleteAsync(S3Call call)
    {
        Change(call, null);
        call.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private void Change(S3Call call, string? tags)
    {
        var version = store.Update(call.Bucket, call.Key, call.Query("versionId"), headers => headers with { Tagging = tags });
        call.Response.Headers["x-amz-version-id"] = version.VersionId == VersionRecord.NullVersion ? null : version.VersionId;
    }

}
