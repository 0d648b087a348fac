using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>Objects that come in parts, with the published client.</summary>
public sealed class S3MultipartTests(SeparateSandbox sandbox) : IClassFixture<SeparateSandbox>, IAsyncLifetime
{
    private const string Bucket = "multipart";
    private const int PartSize = 5 * 1024 * 1024;

    private AmazonS3Client _s3 = sandbox.CreateS3();

    public async Task InitializeAsync()
    {
        if (!(await _s3.ListBucketsAsync()).Buckets.Exists(bucket => bucket.BucketName == Bucket))
        {
            await _s3.PutBucketAsync(Bucket);
        }
    }

    [Fact]
    public async Task Given_20_MB_When_the_transfer_utility_sends_and_fetches_them_Then_they_are_the_same()
    {
        var content = S3ObjectTests.Bytes(20_000_000);
        using var transfer = new TransferUtility(_s3);
        await transfer.UploadAsync(new TransferUtilityUploadRequest
        {
            BucketName = Bucket, Key = "transfer", InputStream = new MemoryStream(content), PartSize = PartSize,
        });

        var target = Path.Combine(sandbox.StateFolder, "downloaded");
        await transfer.DownloadAsync(target, Bucket, "transfer");

        Assert.Equal(content, await File.ReadAllBytesAsync(target));
        Assert.EndsWith("-4\"", (await _s3.GetObjectMetadataAsync(Bucket, "transfer")).ETag, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_parts_When_the_sandbox_is_killed_in_between_Then_the_upload_continues_afterwards()
    {
        var content = S3ObjectTests.Bytes(PartSize + 10);
        var upload = await _s3.InitiateMultipartUploadAsync(Bucket, "resumed");
        var first = await UploadAsync("resumed", upload.UploadId, 1, content[..PartSize]);

        await sandbox.RestartAsync();
        _s3.Dispose();
        _s3 = sandbox.CreateS3();
        var second = await UploadAsync("resumed", upload.UploadId, 2, content[PartSize..]);
        var parts = await _s3.ListPartsAsync(Bucket, "resumed", upload.UploadId);
        var uploads = await _s3.ListMultipartUploadsAsync(Bucket);
        var completed = await CompleteAsync("resumed", upload.UploadId, first, second);

        Assert.Equal([1, 2], parts.Parts.Select(part => part.PartNumber ?? 0));
        Assert.Contains(uploads.MultipartUploads, found => found.UploadId == upload.UploadId);
        byte[] digests = [.. Md5.Of(content.AsSpan(0, PartSize)), .. Md5.Of(content.AsSpan(PartSize))];
        Assert.Equal($"\"{Convert.ToHexStringLower(Md5.Of(digests))}-2\"", completed.ETag);
        using var got = await _s3.GetObjectAsync(Bucket, "resumed");
        using var copy = new MemoryStream();
        await got.ResponseStream.CopyToAsync(copy);
        Assert.Equal(content, copy.ToArray());
    }

    [Fact]
    public async Task Given_a_completion_whose_answer_was_lost_When_repeated_Then_the_result_is_the_same()
    {
        var upload = await _s3.InitiateMultipartUploadAsync(Bucket, "repeated");
        var part = await UploadAsync("repeated", upload.UploadId, 1, [1, 2, 3]);

        var first = await CompleteAsync("repeated", upload.UploadId, part);
        var second = await CompleteAsync("repeated", upload.UploadId, part);

        Assert.Equal(first.ETag, second.ETag);
    }

    [Theory]
    [InlineData("CRC32", "COMPOSITE")]
    [InlineData("CRC32", "FULL_OBJECT")]
    [InlineData("CRC64NVME", "FULL_OBJECT")]
    [InlineData("SHA256", "COMPOSITE")]
    public async Task Given_a_checksum_type_When_completed_Then_the_object_has_a_checksum_of_that_type(string algorithm, string type)
    {
        var upload = await _s3.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest
        {
            BucketName = Bucket, Key = type, ChecksumAlgorithm = new ChecksumAlgorithm(algorithm), ChecksumType = new ChecksumType(type),
        });
        var part = await UploadAsync(type, upload.UploadId, 1, [1, 2, 3], algorithm);

        var completed = await CompleteAsync(type, upload.UploadId, part);

        var value = algorithm switch { "CRC32" => completed.ChecksumCRC32, "SHA256" => completed.ChecksumSHA256, _ => completed.ChecksumCRC64NVME };
        Assert.Equal(type, completed.ChecksumType.Value);
        Assert.Equal(type == "COMPOSITE", value.EndsWith("-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_wrong_lists_of_parts_When_completed_Then_each_is_refused_and_the_upload_stays()
    {
        var upload = await _s3.InitiateMultipartUploadAsync(Bucket, "wrong");
        var first = await UploadAsync("wrong", upload.UploadId, 1, [1]);
        var second = await UploadAsync("wrong", upload.UploadId, 2, [2]);

        Assert.Equal("EntityTooSmall", await RefusalAsync(first, second));
        Assert.Equal("InvalidPart", await RefusalAsync(new PartETag(1, "\"0\"")));
        Assert.Equal("InvalidPart", await RefusalAsync(new PartETag(3, first.ETag)));
        Assert.Equal(2, (await _s3.ListPartsAsync(Bucket, "wrong", upload.UploadId)).Parts.Count);
        await _s3.AbortMultipartUploadAsync(Bucket, "wrong", upload.UploadId);
        Assert.Equal("NoSuchUpload", await RefusalAsync(first));

        async Task<string> RefusalAsync(params PartETag[] parts) =>
            (await Assert.ThrowsAsync<AmazonS3Exception>(() => CompleteAsync("wrong", upload.UploadId, parts))).ErrorCode;
    }

    [Fact]
    public async Task Given_a_key_that_is_there_When_completed_if_absent_Then_it_is_refused()
    {
        await _s3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "taken", ContentBody = "first" });
        var upload = await _s3.InitiateMultipartUploadAsync(Bucket, "taken");
        var part = await UploadAsync("taken", upload.UploadId, 1, [1]);

        var refusal = await Assert.ThrowsAsync<AmazonS3Exception>(() => _s3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
        {
            BucketName = Bucket, Key = "taken", UploadId = upload.UploadId, PartETags = [part], IfNoneMatch = "*",
        }));

        Assert.Equal("PreconditionFailed", refusal.ErrorCode);
    }

    [Fact]
    public async Task Given_a_source_When_a_part_is_copied_from_a_range_Then_the_object_has_just_that()
    {
        await _s3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "source", ContentBody = "0123456789" });
        var upload = await _s3.InitiateMultipartUploadAsync(Bucket, "copied");
        var part = await _s3.CopyPartAsync(new CopyPartRequest
        {
            SourceBucket = Bucket, SourceKey = "source", DestinationBucket = Bucket, DestinationKey = "copied", UploadId = upload.UploadId, PartNumber = 1,
            FirstByte = 3, LastByte = 6,
        });

        await CompleteAsync("copied", upload.UploadId, new PartETag(1, part.ETag));

        using var got = await _s3.GetObjectAsync(Bucket, "copied");
        using var reader = new StreamReader(got.ResponseStream);
        Assert.Equal("3456", await reader.ReadToEndAsync());
    }

    public Task DisposeAsync()
    {
        _s3.Dispose();
        return Task.CompletedTask;
    }

    private async Task<PartETag> UploadAsync(string key, string uploadId, int number, byte[] content, string? algorithm = null)
    {
        var response = await _s3.UploadPartAsync(new UploadPartRequest
        {
            BucketName = Bucket, Key = key, UploadId = uploadId, PartNumber = number, InputStream = new MemoryStream(content),
            ChecksumAlgorithm = algorithm is null ? null : new ChecksumAlgorithm(algorithm),
        });
        return new PartETag(response, copyChecksums: algorithm is not null);
    }

    private Task<CompleteMultipartUploadResponse> CompleteAsync(string key, string uploadId, params PartETag[] parts) =>
        _s3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = Bucket, Key = key, UploadId = uploadId, PartETags = [.. parts] });
}
