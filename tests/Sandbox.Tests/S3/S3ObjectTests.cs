using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>Single objects, with the published client.</summary>
public sealed class S3ObjectTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>, IAsyncLifetime
{
    private const string Bucket = "objects";

    private readonly AmazonS3Client _s3 = sandbox.CreateS3();

    public async Task InitializeAsync()
    {
        if (!(await _s3.ListBucketsAsync()).Buckets.Exists(bucket => bucket.BucketName == Bucket))
        {
            await _s3.PutBucketAsync(Bucket);
        }
    }

    [Theory]
    [InlineData("plain.txt")]
    [InlineData("deep/er/key")]
    [InlineData("with space+plus&amp%25=?#")]
    [InlineData("../dots/./and//slashes/")]
    [InlineData("umlaut-ä-日本")]
    public async Task Given_a_key_When_put_and_got_Then_content_and_metadata_are_the_same(string key)
    {
        var put = new PutObjectRequest { BucketName = Bucket, Key = key, ContentBody = "content of " + key, ContentType = "text/x-test" };
        put.Metadata["run"] = "42";
        put.Headers.CacheControl = "no-store";
        await _s3.PutObjectAsync(put);

        using var got = await _s3.GetObjectAsync(Bucket, key);

        using var reader = new StreamReader(got.ResponseStream);
        Assert.Equal("content of " + key, await reader.ReadToEndAsync());
        Assert.Equal("text/x-test", got.Headers.ContentType);
        Assert.Equal("no-store", got.Headers.CacheControl);
        Assert.Equal("42", got.Metadata["run"]);
        Assert.Equal(ServerSideEncryptionMethod.AES256, got.ServerSideEncryptionMethod);
        Assert.Contains((await _s3.ListObjectsV2Async(new() { BucketName = Bucket })).S3Objects, found => found.Key == key);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_a_stream_When_put_in_chunks_or_not_Then_the_ETag_is_its_MD5(bool chunked)
    {
        var content = Bytes(300_000);
        var put = await _s3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = Bucket, Key = "stream", InputStream = new MemoryStream(content), UseChunkEncoding = chunked,
        });

        Assert.Equal($"\"{Convert.ToHexStringLower(Md5.Of(content))}\"", put.ETag);
        Assert.Equal(content, await ReadAsync("stream"));
    }

    [Theory]
    [InlineData("CRC32")]
    [InlineData("CRC32C")]
    [InlineData("CRC64NVME")]
    [InlineData("SHA1")]
    [InlineData("SHA256")]
    public async Task Given_each_checksum_algorithm_When_put_Then_the_clients_value_is_accepted_and_given_back(string algorithm)
    {
        var put = await _s3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = Bucket, Key = "checksum", ContentBody = "checked", ChecksumAlgorithm = new ChecksumAlgorithm(algorithm),
        });
        var head = await _s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = Bucket, Key = "checksum", ChecksumMode = ChecksumMode.ENABLED });

        var values = new Dictionary<string, (string Put, string Head)>
        {
            ["CRC32"] = (put.ChecksumCRC32, head.ChecksumCRC32),
            ["CRC32C"] = (put.ChecksumCRC32C, head.ChecksumCRC32C),
            ["CRC64NVME"] = (put.ChecksumCRC64NVME, head.ChecksumCRC64NVME),
            ["SHA1"] = (put.ChecksumSHA1, head.ChecksumSHA1),
            ["SHA256"] = (put.ChecksumSHA256, head.ChecksumSHA256),
        };
        Assert.NotEmpty(values[algorithm].Put);
        Assert.Equal(values[algorithm].Put, values[algorithm].Head);
    }

    [Fact]
    public async Task Given_a_wrong_checksum_When_put_Then_it_is_refused_and_nothing_is_stored()
    {
        var bad = await FailAsync(() => _s3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = Bucket, Key = "bad", ContentBody = "content", ChecksumSHA256 = Convert.ToBase64String(SHA256.HashData("other"u8)),
        }));
        var md5 = await FailAsync(() => _s3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = Bucket, Key = "bad", ContentBody = "content", MD5Digest = Convert.ToBase64String(Md5.Of("other"u8)),
        }));

        Assert.Equal("BadDigest", bad.ErrorCode);
        Assert.Equal("BadDigest", md5.ErrorCode);
        Assert.Equal("NoSuchKey", (await FailAsync(() => _s3.GetObjectAsync(Bucket, "bad"))).ErrorCode);
    }

    [Fact]
    public async Task Given_conditions_When_written_Then_only_a_fitting_one_has_effect()
    {
        var first = await PutAsync("lease", "1", ifNoneMatch: "*");
        var again = await FailAsync(() => PutAsync("lease", "2", ifNoneMatch: "*"));
        var second = await PutAsync("lease", "2", ifMatch: first.ETag);
        var stale = await FailAsync(() => PutAsync("lease", "3", ifMatch: first.ETag));
        var absent = await FailAsync(() => PutAsync("nowhere", "1", ifMatch: first.ETag));
        var deletion = await FailAsync(() => _s3.DeleteObjectAsync(new DeleteObjectRequest { BucketName = Bucket, Key = "lease", IfMatch = first.ETag }));
        await _s3.DeleteObjectAsync(new DeleteObjectRequest { BucketName = Bucket, Key = "lease", IfMatch = second.ETag });

        Assert.Equal((HttpStatusCode.PreconditionFailed, "PreconditionFailed"), (again.StatusCode, again.ErrorCode));
        Assert.Equal("PreconditionFailed", stale.ErrorCode);
        Assert.Equal((HttpStatusCode.NotFound, "NoSuchKey"), (absent.StatusCode, absent.ErrorCode));
        Assert.Equal("PreconditionFailed", deletion.ErrorCode);
        Assert.Equal("NoSuchKey", (await FailAsync(() => _s3.GetObjectAsync(Bucket, "lease"))).ErrorCode);
    }

    [Fact]
    public async Task Given_conditions_When_read_Then_they_hold_or_answer_as_HTTP_has_it()
    {
        var put = await PutAsync("conditional", "content");
        var modified = (await _s3.GetObjectMetadataAsync(Bucket, "conditional")).LastModified;

        Assert.Equal("content", Encoding.UTF8.GetString(await ReadAsync("conditional", get => get.EtagToMatch = put.ETag)));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await FailAsync(() => ReadAsync("conditional", get => get.EtagToMatch = "\"x\""))).StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, (await FailAsync(() => ReadAsync("conditional", get => get.EtagToNotMatch = put.ETag))).StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, (await FailAsync(() => ReadAsync("conditional", get => get.ModifiedSinceDate = modified))).StatusCode);
    }

    [Fact]
    public async Task Given_a_range_When_read_Then_just_that_comes_and_outside_is_416()
    {
        await PutAsync("range", "0123456789");

        using var part = await _s3.GetObjectAsync(new GetObjectRequest { BucketName = Bucket, Key = "range", ByteRange = new ByteRange(2, 5) });
        using var reader = new StreamReader(part.ResponseStream);
        var outside = await FailAsync(() => ReadAsync("range", get => get.ByteRange = new ByteRange(10, 20)));

        Assert.Equal("2345", await reader.ReadToEndAsync());
        Assert.Equal("bytes 2-5/10", part.ContentRange);
        Assert.Equal((HttpStatusCode.RequestedRangeNotSatisfiable, "InvalidRange"), (outside.StatusCode, outside.ErrorCode));
    }

    [Fact]
    public async Task Given_a_compressed_object_When_a_read_is_refused_Then_the_error_is_readable()
    {
        var put = new PutObjectRequest { BucketName = Bucket, Key = "compressed", ContentBody = "content" };
        put.Headers.ContentEncoding = "gzip";
        await _s3.PutObjectAsync(put);

        var refusal = await FailAsync(() => ReadAsync("compressed", get => get.EtagToMatch = "\"x\""));

        Assert.Equal("PreconditionFailed", refusal.ErrorCode);
        Assert.Equal("gzip", (await _s3.GetObjectMetadataAsync(Bucket, "compressed")).Headers.ContentEncoding);
    }

    [Fact]
    public async Task Given_an_object_When_copied_Then_metadata_comes_along_or_is_replaced()
    {
        var put = new PutObjectRequest { BucketName = Bucket, Key = "from/ä b", ContentBody = "copied" };
        put.Metadata["run"] = "1";
        await _s3.PutObjectAsync(put);

        await _s3.CopyObjectAsync(Bucket, "from/ä b", Bucket, "to");
        var replacing = new CopyObjectRequest
        {
            SourceBucket = Bucket, SourceKey = "from/ä b", DestinationBucket = Bucket, DestinationKey = "replaced", MetadataDirective = S3MetadataDirective.REPLACE,
        };
        replacing.Metadata["run"] = "2";
        await _s3.CopyObjectAsync(replacing);

        Assert.Equal("copied", Encoding.UTF8.GetString(await ReadAsync("to")));
        Assert.Equal("1", (await _s3.GetObjectMetadataAsync(Bucket, "to")).Metadata["run"]);
        Assert.Equal("2", (await _s3.GetObjectMetadataAsync(Bucket, "replaced")).Metadata["run"]);
        Assert.Equal("InvalidRequest", (await FailAsync(() => _s3.CopyObjectAsync(Bucket, "to", Bucket, "to"))).ErrorCode);
    }

    [Fact]
    public async Task Given_tags_When_set_Then_they_are_read_back()
    {
        await PutAsync("tagged", "content");

        await _s3.PutObjectTaggingAsync(new PutObjectTaggingRequest
        {
            BucketName = Bucket, Key = "tagged", Tagging = new Tagging { TagSet = [new Tag { Key = "cost center", Value = "a+b=c d" }] },
        });

        var tag = Assert.Single((await _s3.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = Bucket, Key = "tagged" })).Tagging);
        Assert.Equal(("cost center", "a+b=c d"), (tag.Key, tag.Value));
    }

    [Fact]
    public async Task Given_presigned_addresses_When_used_without_a_client_Then_they_put_and_get()
    {
        using var http = new HttpClient();
        using var put = await http.PutAsync(Presigned(HttpVerb.PUT), new StringContent("presigned"));

        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal("presigned", await http.GetStringAsync(Presigned(HttpVerb.GET)));
    }

    [Fact]
    public async Task Given_a_response_dropped_after_the_effect_When_retried_Then_the_condition_tells()
    {
        using var retrying = sandbox.CreateS3(retries: 2);
        await sandbox.PlanFaultAsync("s3", "PutObject", "drop_response");

        var refusal = await FailAsync(() => retrying.PutObjectAsync(
            new PutObjectRequest { BucketName = Bucket, Key = "dropped", ContentBody = "content", IfNoneMatch = "*" }));

        Assert.Equal("PreconditionFailed", refusal.ErrorCode);
        Assert.Equal("content", Encoding.UTF8.GetString(await ReadAsync("dropped")));
    }

    [Fact]
    public async Task Given_a_throttle_When_the_client_retries_Then_it_succeeds()
    {
        using var retrying = sandbox.CreateS3(retries: 2);
        await sandbox.PlanFaultAsync("s3", "PutObject", "throttle");

        await retrying.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "throttled", ContentBody = "content" });

        Assert.Equal("content", Encoding.UTF8.GetString(await ReadAsync("throttled")));
        Assert.Equal("[]", await sandbox.Http.GetStringAsync("/_sandbox/faults"));
    }

    public Task DisposeAsync()
    {
        _s3.Dispose();
        return Task.CompletedTask;
    }

    internal static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static Task<AmazonS3Exception> FailAsync(Func<Task> action) => Assert.ThrowsAnyAsync<AmazonS3Exception>(action);

    private Task<PutObjectResponse> PutAsync(string key, string content, string? ifMatch = null, string? ifNoneMatch = null) => _s3.PutObjectAsync(
        new PutObjectRequest { BucketName = Bucket, Key = key, ContentBody = content, IfMatch = ifMatch, IfNoneMatch = ifNoneMatch });

    private async Task<byte[]> ReadAsync(string key, Action<GetObjectRequest>? change = null)
    {
        var request = new GetObjectRequest { BucketName = Bucket, Key = key };
        change?.Invoke(request);
        using var response = await _s3.GetObjectAsync(request);
        using var content = new MemoryStream();
        await response.ResponseStream.CopyToAsync(content);
        return content.ToArray();
    }

    private string Presigned(HttpVerb verb) => _s3.GetPreSignedURL(new GetPreSignedUrlRequest
    {
        BucketName = Bucket, Key = "presigned", Verb = verb, Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1), Protocol = Protocol.HTTP,
    });
}
