using System.Security.Cryptography;
using System.Text;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Protocol;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>Chunks with signatures, as the S3 API reference describes them; the published S3 client sends them in the other tests.</summary>
public sealed class AwsChunkedStreamTests
{
    private const string Kind = ChunkSignatures.SignedWithTrailer;

    private static readonly SignatureClaim Claim = new(
        new Credential("sandbox", "20260102", "us-east-1", "s3"), ["host"], "seed", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), Seconds: null, Token: null);

    [Theory]
    [InlineData("first", "second", "AAAAAA==", "firstsecond")]
    [InlineData("First", "second", "AAAAAA==", null)]
    [InlineData("first", "Second", "AAAAAA==", null)]
    [InlineData("first", "second", "BAAAAA==", null)]
    public async Task Given_signed_chunks_When_one_is_another_Then_the_body_does_not_end(string first, string second, string checksum, string? content)
    {
        var one = Chunk("seed", "first");
        var two = Chunk(one, "second");
        var last = Chunk(two, "");
        var trailer = Sign($"AWS4-HMAC-SHA256-TRAILER\n20260102T030405Z\n20260102/us-east-1/s3/aws4_request\n{last}\n{Hash("x-amz-checksum-crc32:AAAAAA==\n")}");
        var body = $"5;chunk-signature={one}\r\n{first}\r\n6;chunk-signature={two}\r\n{second}\r\n0;chunk-signature={last}\r\n"
            + $"x-amz-checksum-crc32:{checksum}\r\nx-amz-trailer-signature:{trailer}\r\n\r\n";
        using var stream = new AwsChunkedStream(new MemoryStream(Encoding.UTF8.GetBytes(body)), ChunkSignatures.Of(Claim, Kind, Sign));
        using var reader = new StreamReader(stream);

        if (content is null)
        {
            Assert.Equal("SignatureDoesNotMatch", (await Assert.ThrowsAsync<AwsError>(() => reader.ReadToEndAsync())).Code);
            return;
        }

        Assert.Equal(content, await reader.ReadToEndAsync());
        Assert.Equal("AAAAAA==", stream.Trailers["x-amz-checksum-crc32"]);
    }

    private static string Chunk(string before, string content) =>
        Sign($"AWS4-HMAC-SHA256-PAYLOAD\n20260102T030405Z\n20260102/us-east-1/s3/aws4_request\n{before}\n{Hash("")}\n{Hash(content)}");

    /// <summary>Any function of the text does in the key's place.</summary>
    private static string Sign(string text) => Hash("key" + text);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
