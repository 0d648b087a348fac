using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>What the writer of a new object asks for, held against its bucket.</summary>
internal sealed class NewObject(ObjectStore store, EncryptionOfWrite encryption, TimeProvider time)
{
    /// <exception cref="Protocols.AwsError">There is no such bucket, or it does not take an object with these headers.</exception>
    public ObjectHeaders Headers(S3Call call)
    {
        var bucket = store.Describe(call.Bucket);
        AccessControl.Check(call, bucket);
        var headers = ObjectHeaderMapping.Read(call);
        LockHeaders.Check(headers.Lock, bucket, time.GetUtcNow());
        return encryption.Apply(call, headers, bucket);
    }
}
