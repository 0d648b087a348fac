using System.Text;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Puts the object into the sandbox's S3 where its content or headers change.</summary>
internal sealed class ObjectEffects : IResourceEffects
{
    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        if (prior is not null && prior.With("tags", state["tags"]).With("tags_all", state["tags_all"])
            .With("force_destroy", state["force_destroy"]) == state)
        {
            return state;
        }

        var (bucket, key) = (state.Text("bucket")!, state.Text("key")!);
        try
        {
            await using var content = Open(state);
            return Describe(state, await context.Store.PutAsync(bucket, key, content, HeadersOf(state), cancellationToken));
        }
        catch (AwsError error)
        {
            throw S3Refusal.Of($"uploading S3 Object ({key}) to Bucket ({bucket})", "PutObject", error);
        }
    }

    public void Delete(ResourceContext context, MapValue state)
    {
        var (bucket, key) = (state.Text("bucket")!, state.Text("key")!);
        if (!context.Store.BucketExists(bucket))
        {
            return;
        }

        // As the real provider does, all versions go, so that the bucket can be deleted next.
        foreach (var version in context.Store.Records(bucket, allVersions: true).Where(version => version.Key == key))
        {
            context.Store.Delete(bucket, key, version.VersionId, S3.Storage.WriteCondition.None);
        }
    }

    public MapValue? Read(ResourceContext context, MapValue state) =>
        context.Store.BucketExists(state.Text("bucket")!) && context.Store.Find(state.Text("bucket")!, state.Text("key")!) is { } stored
            ? Describe(state, stored)
            : null;

    private static MapValue Describe(MapValue state, StoredObject stored) => state
        .With("etag", stored.ETag)
        .With("version_id", stored.VersionId == S3.Storage.VersionRecord.NullVersion ? "" : stored.VersionId)
        .With("server_side_encryption", stored.Headers.ServerSideEncryption ?? "AES256")
        .With("kms_key_id", state["kms_key_id"].IsNull ? stored.Headers.KmsKeyId : state["kms_key_id"]);

    private static ObjectHeaders HeadersOf(MapValue state) => new(
        ContentType: state.Text("content_type")!,
        ServerSideEncryption: state.Text("server_side_encryption"),
        KmsKeyId: state.Text("kms_key_id"),
        Metadata: state["metadata"] is MapValue metadata
            ? metadata.Members.ToDictionary(member => member.Key, member => metadata.Text(member.Key)!) : null,
        ContentEncoding: state.Text("content_encoding"));

    private static Stream Open(MapValue state)
    {
        if (state.Text("source") is { Length: > 0 } source)
        {
            // Terraform's own working folder is not known here: the sandbox is no child of it.
            return Path.IsPathFullyQualified(source) && File.Exists(source) ? File.OpenRead(source) : throw new ResourceError(
                $"opening S3 object source ({source}): no such file",
                "In the sandbox, source has to be an absolute path: wrap it in abspath().", "source");
        }

        return new MemoryStream(
            state.Text("content_base64") is { } encoded ? Decode(encoded) : Encoding.UTF8.GetBytes(state.Text("content") ?? ""));
    }

    private static byte[] Decode(string encoded)
    {
        try
        {
            return Convert.FromBase64String(encoded);
        }
        catch (FormatException)
        {
            throw new ResourceError("decoding content_base64: illegal base64 data", attribute: "content_base64");
        }
    }
}
