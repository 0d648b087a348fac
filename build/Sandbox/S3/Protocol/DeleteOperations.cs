using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>DeleteObject and DeleteObjects.</summary>
internal sealed class DeleteOperations(ObjectStore store, AccessGate gate) : IS3Operations
{
    private const int MostKeys = 1000;

    public IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers =>
        [("DeleteObject", DeleteAsync), ("DeleteObjects", DeleteManyAsync)];

    private Task DeleteAsync(S3Call call)
    {
        var outcome = store.Delete(
            call.Bucket, call.Key, call.Query("versionId"), new WriteCondition(call.Header("If-Match")?.Trim('"'), false), Bypasses(call));
        call.Response.StatusCode = StatusCodes.Status204NoContent;
        call.Response.Headers["x-amz-version-id"] = outcome.VersionId;
        call.Response.Headers["x-amz-delete-marker"] = outcome.IsMarker ? "true" : null;
        return Task.CompletedTask;
    }

    private async Task DeleteManyAsync(S3Call call)
    {
        store.Describe(call.Bucket);
        var document = await RequestBody.ReadDocumentAsync(call, store.StagingFolder);
        var objects = document.Children("Object").ToList();
        if (objects.Count is 0 or > MostKeys || objects.Exists(element => string.IsNullOrEmpty(element.ChildText("Key"))))
        {
            throw S3Errors.MalformedXml();
        }

        var isQuiet = document.ChildText("Quiet") == "true";
        await call.WriteXmlAsync("DeleteResult", objects.Select(element => Delete(call, element)).Where(result => !isQuiet || result.Name == "Error"));
    }

    private static bool Bypasses(S3Call call) => call.IsTrue("x-amz-bypass-governance-retention");

    private XElement Delete(S3Call call, XElement target)
    {
        var key = target.ChildText("Key")!;
        var versionId = target.ChildText("VersionId");
        try
        {
            gate.Check(call, "DeleteObject", call.Bucket, key, versionId);
            var outcome = store.Delete(
                call.Bucket, key, versionId, new WriteCondition(target.ChildText("ETag")?.Trim('"'), false), Bypasses(call));
            return new XElement(
                "Deleted",
                new XElement("Key", key),
                versionId is null ? null : new XElement("VersionId", versionId),
                outcome.IsMarker ? new XElement("DeleteMarker", "true") : null,
                outcome.IsMarker ? new XElement("DeleteMarkerVersionId", outcome.VersionId) : null);
        }
        catch (AwsError error)
        {
            return new XElement(
                "Error",
                new XElement("Key", key),
                versionId is null ? null : new XElement("VersionId", versionId),
                new XElement("Code", error.Code),
                new XElement("Message", error.Message));
        }
    }
}
