using System.Globalization;
using System.Text;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Protocol;
using FsCheck.Xunit;

namespace BuildPipeline.Sandbox.Tests.S3;

public sealed class AwsChunkedStreamTests
{
    [Property]
    public bool Given_any_chunks_When_decoded_Then_the_content_comes_out(byte[][] chunks, bool withSignatures)
    {
        using var encoded = new MemoryStream(Encode(chunks, withSignatures, "x-amz-checksum-crc32:AAAAAA==\r\n"));
        using var decoded = new AwsChunkedStream(encoded);

        var content = ReadAsync(decoded).GetAwaiter().GetResult();

        return content.AsSpan().SequenceEqual(chunks.SelectMany(chunk => chunk).ToArray())
            && decoded.Trailers["x-amz-checksum-crc32"] == "AAAAAA==";
    }

    [Fact]
    public async Task Given_content_longer_than_the_buffer_When_decoded_Then_nothing_is_lost()
    {
        byte[][] chunks = [.. Enumerable.Range(1, 5).Select(number => Enumerable.Repeat((byte)number, 70_000).ToArray())];
        using var decoded = new AwsChunkedStream(new MemoryStream(Encode(chunks, withSignatures: true, trailers: "")));

        Assert.Equal(chunks.SelectMany(chunk => chunk), await ReadAsync(decoded));
        Assert.Empty(decoded.Trailers);
    }

    [Theory]
    [InlineData("5\r\nab", "IncompleteBody")]
    [InlineData("zz\r\nab\r\n0\r\n\r\n", "InvalidRequest")]
    [InlineData("1\r\nab\r\n0\r\n\r\n", "InvalidRequest")]
    public async Task Given_a_broken_encoding_When_decoded_Then_it_is_refused(string encoded, string code)
    {
        using var decoded = new AwsChunkedStream(new MemoryStream(Encoding.ASCII.GetBytes(encoded)));

        Assert.Equal(code, (await Assert.ThrowsAsync<AwsError>(() => ReadAsync(decoded))).Code);
    }

    private static byte[] Encode(byte[][] chunks, bool withSignatures, string trailers)
    {
        using var encoded = new MemoryStream();
        foreach (var chunk in chunks.Where(chunk => chunk.Length > 0).Append([]))
        {
            var signature = withSignatures ? ";chunk-signature=none" : "";
            encoded.Write(Encoding.ASCII.GetBytes(chunk.Length.ToString("x", CultureInfo.InvariantCulture) + signature + "\r\n"));
            encoded.Write(chunk);
            encoded.Write(Encoding.ASCII.GetBytes(chunk.Length > 0 ? "\r\n" : trailers + "\r\n"));
        }

        return encoded.ToArray();
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var content = new MemoryStream();
        await stream.CopyToAsync(content);
        return content.ToArray();
    }
}
