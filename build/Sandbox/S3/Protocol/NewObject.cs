using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>What the writer of a new object asks for, held against its bucket.</summary>
internal sealed class NewObject(ObjectStore store, EncryptionOfWrite encryption, AccessControl access, TimeProvider time)
{
    /// <summary>Writes the body of a request as an object.</summary>
    /// <param name="checkSize">Throws where the object may not have that many bytes.</param>
    public async Task<VersionRecord> WriteAsync(S3Call call, Action<long>? checkSize = null)
    {
        ObjectKey.Validate(call.Key);
        var headers = Headers(call);
        using var body = await RequestBody.ReceiveAsync(call, store.StagingFolder, ChecksumAlgorithm.Default);
        checkSize?.Invoke(body.Size);
        var draft = new ObjectDraft(call.Key, body.ETag, headers with { Checksums = body.Checksums });
        return store.Commit(call.Bucket, draft, body, WriteOperations.ConditionOf(call));
    }

    /// <exception cref="Protocols.AwsError">There is no such bucket, or it does not take an object with these headers.</exception>
    public ObjectHeaders Headers(S3Call call)
    {
        var bucket = store.Describe(call.Bucket);
        var headers = access.Apply(call, ObjectHeaderMapping.Read(call), bucket);
        LockHeaders.Check(headers.Lock, bucket, time.GetUtcNow());
        return encryption.Apply(call, headers, bucket);
    }
}
