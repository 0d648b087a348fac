using System.Text;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;
using Microsoft.AspNetCore.WebUtilities;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Puts the object into the sandbox's S3 where its content or headers change.</summary>
internal sealed class ObjectEffects : IResourceEffects
{
    private const int MostTags = 10;
    private const string BucketKeyHeader = "x-amz-server-side-encryption-bucket-key-enabled";

    private static readonly Dictionary<string, string> HeaderNames = new()
    {
        ["cache_control"] = "Cache-Control",
        ["content_disposition"] = "Content-Disposition",
        ["content_language"] = "Content-Language",
    };

    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var (bucket, key) = (state.Text("bucket")!, state.Text("key")!);
        var tags = TagsToWrite(context, state);
        if (state.Text("kms_key_id") is { Length: > 0 } keyId && !keyId.EndsWith("alias/aws/s3", StringComparison.Ordinal)
            && KmsResources.Find(context, keyId) is null)
        {
            throw ResourceError.FromApi(
                $"uploading S3 Object ({key}) to Bucket ({bucket})", "S3: PutObject", 400, "KMS.NotFoundException", $"Key '{keyId}' does not exist");
        }

        try
        {
            if (prior is not null && prior.With("tags", state["tags"]).With("tags_all", state["tags_all"])
                .With("force_destroy", state["force_destroy"]) == state)
            {
                context.Store.Update(bucket, key, null, headers => headers with { Tagging = tags });
                return state;
            }

            await using var content = Open(state);
            return Describe(
                context, state, await context.Store.PutAsync(bucket, key, content, HeadersOf(state) with { Tagging = tags }, cancellationToken));
        }
        catch (AwsError error)
        {
            throw S3Refusal.Create($"uploading S3 Object ({key}) to Bucket ({bucket})", "PutObject", error);
        }
    }

    public Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        var (bucket, key) = (state.Text("bucket")!, state.Text("key")!);
        if (!context.Store.BucketExists(bucket))
        {
            return Task.CompletedTask;
        }

        // As the real provider does, all versions go, so the bucket can be deleted next.
        foreach (var version in context.Store.Records(bucket, allVersions: true).Where(version => version.Key == key))
        {
            context.Store.Delete(bucket, key, version.VersionId, S3.Storage.WriteCondition.None);
        }

        return Task.CompletedTask;
    }

    public Task<MapValue?> ReadAsync(ResourceContext context, MapValue state) => Task.FromResult(Find(context, state) is { } stored
        ? Describe(context, state, stored)
        : null);

    private static StoredObject? Find(ResourceContext context, MapValue state) =>
        context.Store.BucketExists(state.Text("bucket")!) ? context.Store.Find(state.Text("bucket")!, state.Text("key")!) : null;

    private static MapValue Describe(ResourceContext context, MapValue state, StoredObject stored)
    {
        var headers = stored.Headers;
        var described = ProviderTags.Observe(context.Provider, state, TagsOf(headers.Tagging))
            .With("etag", stored.ETag)
            .With("version_id", stored.VersionId == S3.Storage.VersionRecord.NullVersion ? "" : stored.VersionId)
            .With("server_side_encryption", headers.ServerSideEncryption ?? "AES256")
            .With("kms_key_id", state["kms_key_id"].IsNull ? headers.KmsKeyId : state["kms_key_id"])
            .With("content_type", headers.ContentType)
            .With("content_encoding", headers.ContentEncoding)
            .With("bucket_key_enabled", headers.Others?.GetValueOrDefault(BucketKeyHeader) == "true")
            .With("metadata", headers.Metadata is { Count: > 0 } metadata
                ? metadata.Aggregate(MapValue.Empty, (map, entry) => map.With(entry.Key, entry.Value))
                : state["metadata"] is MapValue { Members.IsEmpty: true } none ? none : Value.Null);
        return HeaderNames.Aggregate(described, (all, header) => all.With(header.Key, headers.Others?.GetValueOrDefault(header.Value)));
    }

    private static ObjectHeaders HeadersOf(MapValue state) => new(
        ContentType: state.Text("content_type")!,
        ServerSideEncryption: state.Text("server_side_encryption"),
        KmsKeyId: state.Text("kms_key_id"),
        Metadata: state["metadata"] is MapValue metadata
            ? metadata.Members.ToDictionary(member => member.Key, member => metadata.Text(member.Key)!) : null,
        ContentEncoding: state.Text("content_encoding"))
    {
        Others = HeaderNames.Where(header => state.Text(header.Key) is not null)
            .Select(header => KeyValuePair.Create(header.Value, state.Text(header.Key)!))
            .Concat(state.IsTrue("bucket_key_enabled") ? [KeyValuePair.Create(BucketKeyHeader, "true")] : [])
            .ToDictionary(),
    };

    /// <exception cref="ResourceError">There are more than an object can have; default tags count too.</exception>
    private static string? TagsToWrite(ResourceContext context, MapValue state)
    {
        var tags = ProviderTags.ToWrite(context.Provider, state, TagsOf(Find(context, state)?.Headers.Tagging));
        return tags.Count > MostTags
            ? throw ResourceError.FromApi(
                $"tagging S3 Object ({state.Text("key")})", "S3: PutObject", 400, "BadRequest", $"Object tags cannot be greater than {MostTags}")
            : tags.Count == 0 ? null
            : string.Join('&', tags.Select(tag => $"{Uri.EscapeDataString(tag.Key)}={Uri.EscapeDataString(tag.Value)}"));
    }

    private static Dictionary<string, string> TagsOf(string? query) =>
        QueryHelpers.ParseQuery(query).ToDictionary(tag => tag.Key, tag => tag.Value.ToString());

    private static Stream Open(MapValue state)
    {
        if (state.Text("source") is { Length: > 0 } source)
        {
            // Terraform's own working folder is not known here: the sandbox is not a child of it.
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
