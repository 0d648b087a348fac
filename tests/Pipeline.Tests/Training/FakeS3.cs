using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Training;

/// <summary>A versioned bucket in memory behind the SDK's interface; lists come in pages of two.</summary>
internal sealed class FakeS3
{
    private const int PageSize = 2;

    // Uploads run beside each other: what one reads does not change while another writes.
    private ImmutableList<Version> _versions = [];

    public List<PutObjectRequest> Puts { get; } = [];

    /// <summary>Time of the next object.</summary>
    public DateTimeOffset Now { get; set; } = TestRuns.Start;

    public string? Encryption { get; set; } = "aws:kms";

    public string? KeyId { get; set; } = TestRuns.KeyArn;

    /// <summary>False stores objects as a client does that sends another checksum than SHA-256.</summary>
    public bool KeepsSha256 { get; set; } = true;

    public string Region { get; set; } = "us-east-1";

    /// <summary>False once the bucket was deleted.</summary>
    public bool Exists { get; private set; } = true;

    /// <summary>True if it holds no version of anything.</summary>
    public bool IsEmpty => _versions.Count == 0;

    /// <summary>Runs before versions are deleted.</summary>
    public Action? OnDelete { get; set; }

    public void Put(string key, byte[] content) => _versions = _versions.Add(new(key, content, FormattableString.Invariant($"v{_versions.Count}"), Now));

    public void Delete(string key) => _versions = _versions.Add(new(key, null, FormattableString.Invariant($"v{_versions.Count}"), Now));

    /// <summary>What a lifecycle rule does in time: only current versions stay.</summary>
    public void PurgeOldVersions()
    {
        var current = Current().ToHashSet();
        _versions = _versions.RemoveAll(version => !current.Contains(version));
    }

    public void Attach(IAmazonS3 client)
    {
        client.ListObjectsV2Async(default!, default).ReturnsForAnyArgs(call => List(call.Arg<ListObjectsV2Request>()));
        client.ListVersionsAsync(Arg.Any<ListVersionsRequest>(), default).ReturnsForAnyArgs(call => Versions(call.Arg<ListVersionsRequest>()));
        client.GetObjectAsync(Arg.Any<GetObjectRequest>(), default).ReturnsForAnyArgs(
            call => Get(call.Arg<GetObjectRequest>().Key, call.Arg<GetObjectRequest>().VersionId));
        client.GetObjectAsync(default, default(string), default(CancellationToken)).ReturnsForAnyArgs(call => Get(call.ArgAt<string>(1), null));
        client.GetObjectMetadataAsync(Arg.Any<GetObjectMetadataRequest>(), default).ReturnsForAnyArgs(call => Head(call.Arg<GetObjectMetadataRequest>().Key));
        client.DeleteObjectsAsync(default!, default).ReturnsForAnyArgs(call => Delete(call.Arg<DeleteObjectsRequest>().Objects));
        client.DeleteBucketAsync(default(string)!, default).ReturnsForAnyArgs(_ =>
        {
            Exists = false;
            return new DeleteBucketResponse();
        });
        client.HeadBucketAsync(default!, default).ReturnsForAnyArgs(_ => new HeadBucketResponse { BucketRegion = Region });
        client.PutObjectAsync(default!, default).ReturnsForAnyArgs(call =>
        {
            var put = call.Arg<PutObjectRequest>();
            lock (Puts)
            {
                Puts.Add(put);
                if (put.FilePath is { } file)
                {
                    Put(put.Key, File.ReadAllBytes(file));
                }
                else if (put.InputStream is MemoryStream content)
                {
                    Put(put.Key, content.ToArray());
                }
            }

            return new PutObjectResponse();
        });
    }

    private IEnumerable<Version> Current() => _versions.GroupBy(version => version.Key).Select(group => group.Last()).Where(version => version.Content is not null);

    private ListObjectsV2Response List(ListObjectsV2Request request)
    {
        var matching = Current().Where(version => version.Key.StartsWith(request.Prefix, StringComparison.Ordinal)).OrderBy(version => version.Key, StringComparer.Ordinal).ToList();
        var start = request.ContinuationToken is null ? 0 : int.Parse(request.ContinuationToken, System.Globalization.CultureInfo.InvariantCulture);
        var page = matching.Skip(start).Take(PageSize).Select(version => new S3Object { Key = version.Key, Size = version.Content!.Length, LastModified = version.At.UtcDateTime }).ToList();
        return new()
        {
            S3Objects = page.Count == 0 ? null : page,
            NextContinuationToken = start + PageSize < matching.Count ? FormattableString.Invariant($"{start + PageSize}") : null,
        };
    }

    private ListVersionsResponse Versions(ListVersionsRequest request)
    {
        var start = request.VersionIdMarker is null ? 0 : int.Parse(request.VersionIdMarker, System.Globalization.CultureInfo.InvariantCulture);
        var matching = _versions.Where(version => version.Key.StartsWith(request.Prefix ?? "", StringComparison.Ordinal)).ToList();
        return new()
        {
            Versions = [.. matching.Skip(start).Take(PageSize).Select(version => new S3ObjectVersion
            {
                Key = version.Key,
                VersionId = version.Id,
                LastModified = version.At.UtcDateTime,
                IsDeleteMarker = version.Content is null,
            })],
            IsTruncated = start + PageSize < matching.Count,
            NextKeyMarker = "key",
            NextVersionIdMarker = FormattableString.Invariant($"{start + PageSize}"),
        };
    }

    private DeleteObjectsResponse Delete(List<KeyVersion> objects)
    {
        OnDelete?.Invoke();
        _versions = _versions.RemoveAll(version => objects.Exists(item => item.Key == version.Key && item.VersionId == version.Id));
        return new();
    }

    private GetObjectResponse Get(string key, string? version)
    {
        var found = version is null ? Current().FirstOrDefault(item => item.Key == key) : _versions.Find(item => item.Key == key && item.Id == version);
        return found?.Content is { } content
            ? new() { ResponseStream = new MemoryStream(content), ContentLength = content.Length, VersionId = found.Id, LastModified = found.At.UtcDateTime }
            : throw Missing();
    }

    private GetObjectMetadataResponse Head(string key)
    {
        var found = Current().FirstOrDefault(item => item.Key == key) ?? throw Missing();
        return new()
        {
            ChecksumSHA256 = KeepsSha256 ? Convert.ToBase64String(SHA256.HashData(found.Content!)) : null,
            ServerSideEncryptionMethod = Encryption is null ? null : new ServerSideEncryptionMethod(Encryption),
            ServerSideEncryptionKeyManagementServiceKeyId = KeyId,
        };
    }

    private static AmazonS3Exception Missing() => new("The specified key does not exist.", null, ErrorType.Sender, "NoSuchKey", "r", HttpStatusCode.NotFound);

    private sealed record Version(string Key, byte[]? Content, string Id, DateTimeOffset At);
}
