using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Tags and access control of objects. Tags are kept as the header <c>x-amz-tagging</c> has them.</summary>
internal sealed class TaggingOperations(ObjectStore store) : IS3Operations
{
    public IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers =>
    [
        ("GetObjectTagging", GetAsync),
        ("PutObjectTagging", PutAsync),
        ("DeleteObjectTagging", DeleteAsync),
        ("GetObjectAcl", GetAclAsync),
        ("PutObjectAcl", PutAclAsync),
    ];

    private Task GetAsync(S3Call call)
    {
        var tags = (Existing(call).Headers.Tagging ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries);
        return call.WriteXmlAsync("Tagging", new XElement("TagSet", tags.Select(tag =>
        {
            var pair = tag.Replace('+', ' ').Split('=', 2);
            return new XElement(
                "Tag",
                new XElement("Key", Uri.UnescapeDataString(pair[0])),
                new XElement("Value", pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : ""));
        })));
    }

    private async Task PutAsync(S3Call call)
    {
        var document = await RequestBody.ReadXmlAsync(call, store.StagingFolder);
        var tags = document.Descendants().Where(element => element.Name.LocalName == "Tag")
            .Select(tag => (Key: RequestBody.Child(tag, "Key"), Value: RequestBody.Child(tag, "Value") ?? "")).ToList();
        if (tags.Count > 10 || tags.Exists(tag => string.IsNullOrEmpty(tag.Key)) || tags.DistinctBy(tag => tag.Key).Count() < tags.Count)
        {
            throw new AwsError(400, "InvalidTag", "An object takes up to 10 tags with distinct keys.");
        }

        var text = string.Join('&', tags.Select(tag => $"{Uri.EscapeDataString(tag.Key!)}={Uri.EscapeDataString(tag.Value)}"));
        store.Update(call.Bucket, call.Key, call.Query("versionId"), headers => headers with { Tagging = text });
    }

    private Task DeleteAsync(S3Call call)
    {
        store.Update(call.Bucket, call.Key, call.Query("versionId"), headers => headers with { Tagging = null });
        call.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Task GetAclAsync(S3Call call)
    {
        Existing(call);
        return call.WriteXmlAsync(XElement.Parse(BucketSetting.All.First(setting => setting.Query == "acl").Absent()));
    }

    /// <summary>Taken and not kept: the bucket's owner owns all objects.</summary>
    private Task PutAclAsync(S3Call call)
    {
        Existing(call);
        return Task.CompletedTask;
    }

    private VersionRecord Existing(S3Call call) =>
        store.Record(call.Bucket, call.Key, call.Query("versionId")) is { IsDeleteMarker: false } version ? version : throw S3Errors.NoSuchKey();
}
