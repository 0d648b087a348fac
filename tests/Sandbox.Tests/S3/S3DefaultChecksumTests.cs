using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>The checksum that S3 adds to what comes without one, and the checksums of parts.</summary>
public sealed class S3DefaultChecksumTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string Digits = "123456789";

    /// <summary>CRC64NVME of the nine digits: the catalogue's check value, in Base64.</summary>
    private const string Crc64OfDigits = "rosUhgp5mIg=";

    private const string Crc32OfDigits = "y/Q5Jg==";

    private readonly RawS3 _raw = new(sandbox);

    [Fact]
    public async Task Given_no_checksum_When_an_object_is_put_or_copied_Then_it_has_CRC64NVME()
    {
        await _raw.SendAsync("PUT", "/plain");
        var put = await _raw.SendAsync("PUT", "/plain/key", Digits, "x-amz-sdk-checksum-algorithm", "SHA256");
        var copied = await _raw.SendAsync("PUT", "/plain/copy", null, "x-amz-copy-source", "/plain/key");

        Assert.Equal((Crc64OfDigits, "FULL_OBJECT"), (put.Header("x-amz-checksum-crc64nvme"), put.Header("x-amz-checksum-type")));
        Assert.Contains($"<ChecksumCRC64NVME>{Crc64OfDigits}</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType>", copied.Text, StringComparison.Ordinal);
        Assert.Equal(Crc64OfDigits, await ReadAsync("/plain/copy"));
    }

    [Fact]
    public async Task Given_an_upload_without_an_algorithm_When_completed_Then_the_object_has_CRC64NVME_and_checksums_of_parts_are_not_kept()
    {
        await _raw.SendAsync("PUT", "/parts");
        var (path, plain) = await StartAsync("/parts/key", Digits);
        var sent = (await _raw.SendAsync("PUT", path + "&partNumber=1", Digits, "x-amz-checksum-crc32", Crc32OfDigits)).ShouldBe(200);
        var listed = await _raw.SendAsync("GET", path);

        (await _raw.SendAsync("POST", path, Completion(sent, $"<ChecksumCRC32>{Crc32OfDigits}</ChecksumCRC32>"))).ShouldBe(400, "InvalidPart");
        (await _raw.SendAsync("POST", path, Completion(sent), "x-amz-checksum-type", "FULL_OBJECT")).ShouldBe(400, "InvalidRequest");
        var completed = (await _raw.SendAsync("POST", path, Completion(sent))).ShouldBe(200);

        Assert.Equal(Crc64OfDigits, plain.Header("x-amz-checksum-crc64nvme"));
        Assert.Equal(Crc32OfDigits, sent.Header("x-amz-checksum-crc32"));
        Assert.DoesNotContain("Checksum", listed.Text, StringComparison.Ordinal);
        Assert.Contains("<NextPartNumberMarker>1</NextPartNumberMarker>", listed.Text, StringComparison.Ordinal);
        Assert.Contains($"<ChecksumCRC64NVME>{Crc64OfDigits}</ChecksumCRC64NVME>", completed.Text, StringComparison.Ordinal);
        Assert.Equal(Crc64OfDigits, await ReadAsync("/parts/key"));
    }

    [Fact]
    public async Task Given_an_upload_with_an_algorithm_When_a_part_comes_with_another_or_none_Then_it_is_refused()
    {
        await _raw.SendAsync("PUT", "/strict");
        var (path, missing) = await StartAsync("/strict/key", Digits, "x-amz-checksum-algorithm", "CRC32");
        var part = (await _raw.SendAsync("PUT", path + "&partNumber=1", Digits, "x-amz-checksum-crc32", Crc32OfDigits)).ShouldBe(200);

        missing.ShouldBe(400, "InvalidRequest");
        (await _raw.SendAsync("PUT", path + "&partNumber=1", Digits, "x-amz-checksum-crc64nvme", Crc64OfDigits)).ShouldBe(400, "InvalidRequest");
        (await _raw.SendAsync("PUT", path + "&partNumber=1", Digits, "x-amz-checksum-crc32", Crc32OfDigits, "x-amz-checksum-crc64nvme", Crc64OfDigits))
            .ShouldBe(400, "InvalidRequest");
        (await _raw.SendAsync("POST", path, Completion(part))).ShouldBe(400, "InvalidRequest");
        (await _raw.SendAsync("POST", path, Completion(part, $"<ChecksumCRC32>{Crc32OfDigits}</ChecksumCRC32>"))).ShouldBe(200);
    }

    /// <summary>Begins an upload and sends its first part without a checksum.</summary>
    private async Task<(string Path, RawAnswer FirstPart)> StartAsync(string key, string content, params string[] headers)
    {
        var started = (await _raw.SendAsync("POST", key + "?uploads", null, headers)).ShouldBe(200);
        var path = $"{key}?uploadId={started.Text.Split("<UploadId>")[1].Split('<')[0]}";
        return (path, await _raw.SendAsync("PUT", path + "&partNumber=1", content));
    }

    private async Task<string?> ReadAsync(string path) =>
        (await _raw.SendAsync("HEAD", path, null, "x-amz-checksum-mode", "ENABLED")).Header("x-amz-checksum-crc64nvme");

    private static string Completion(RawAnswer part, string checksum = "") =>
        $"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{part.Header("ETag")}</ETag>{checksum}</Part></CompleteMultipartUpload>";
}
