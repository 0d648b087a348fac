using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Object Lock: retention periods and legal holds of versions.</summary>
internal sealed class LockOperations(ObjectStore store, TimeProvider time) : IS3Operations
{
    public IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers =>
    [
        ("GetObjectRetention", GetRetentionAsync),
        ("PutObjectRetention", PutRetentionAsync),
        ("GetObjectLegalHold", GetHoldAsync),
        ("PutObjectLegalHold", PutHoldAsync),
    ];

    private Task GetRetentionAsync(S3Call call) => LockOf(call) is { Mode: { } mode, RetainUntil: { } until }
        ? call.WriteXmlAsync("Retention", new XElement("Mode", mode), new XElement("RetainUntilDate", S3Call.Time(until)))
        : throw Absent();

    private async Task PutRetentionAsync(S3Call call)
    {
        RequireLock(call);
        var document = await RequestBody.ReadDocumentAsync(call, store.StagingFolder);
        var (mode, until) = (document.ChildText("Mode"), document.ChildText("RetainUntilDate"));
        if (mode is null != until is null)
        {
            throw S3Errors.MalformedXml();
        }

        DateTimeOffset? end = until is null ? null : LockHeaders.Time(until);
        if (end <= time.GetUtcNow())
        {
            throw S3Errors.InvalidArgument("The retain until date must be in the future!");
        }

        Change(call, held => held.WithRetention(mode, end, time.GetUtcNow(), call.IsTrue("x-amz-bypass-governance-retention")));
    }

    private Task GetHoldAsync(S3Call call) => LockOf(call) is { LegalHold: { } hold }
        ? call.WriteXmlAsync("LegalHold", new XElement("Status", hold))
        : throw Absent();

    private async Task PutHoldAsync(S3Call call)
    {
        RequireLock(call);
        var document = await RequestBody.ReadDocumentAsync(call, store.StagingFolder);
        var status = document.ChildText("Status") ?? throw S3Errors.MalformedXml();
        Change(call, held => held with { LegalHold = status });
    }

    private ObjectLock? LockOf(S3Call call)
    {
        RequireLock(call);
        return store.RequireRecord(call.Bucket, call.Key, call.Query("versionId")).Headers.Lock;
    }

    private void Change(S3Call call, Func<ObjectLock, ObjectLock> change) => store.Update(
        call.Bucket, call.Key, call.Query("versionId"), headers => headers with { Lock = change(headers.Lock ?? new ObjectLock()) });

    private void RequireLock(S3Call call)
    {
        if (BucketLock.From(store.Describe(call.Bucket)) is null)
        {
            throw S3Errors.InvalidRequest("Bucket is missing Object Lock Configuration");
        }
    }

    private static AwsError Absent() =>
        new(404, "NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration");
}
