using System.Security.Cryptography;
using System.Text;
using BuildPipeline.Sandbox.S3.Storage;
using FsCheck.Xunit;

namespace BuildPipeline.Sandbox.Tests.S3;

public sealed class ChecksumTests
{
    /// <summary>The check values that the algorithms' catalogues give for the nine digits.</summary>
    [Theory]
    [InlineData("CRC32", "cbf43926")]
    [InlineData("CRC32C", "e3069283")]
    [InlineData("CRC64NVME", "ae8b14860a799888")]
    [InlineData("SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441")]
    public void Given_the_nine_digits_When_digested_Then_the_published_check_value_comes_out(string algorithm, string expected)
    {
        using var digest = ChecksumAlgorithm.Named(algorithm)!.Start();

        digest.Append("123456789"u8);

        Assert.Equal(expected, Convert.ToHexStringLower(digest.Finish()));
    }

    [Property]
    public bool Given_any_bytes_When_digested_in_pieces_Then_it_is_as_in_one(byte[] bytes, byte at) =>
        ChecksumAlgorithm.All.All(algorithm =>
        {
            using var whole = algorithm.Start();
            using var pieces = algorithm.Start();
            var cut = bytes.Length == 0 ? 0 : at % bytes.Length;
            whole.Append(bytes);
            pieces.Append(bytes.AsSpan(0, cut));
            pieces.Append(bytes.AsSpan(cut));
            return whole.Finish().AsSpan().SequenceEqual(pieces.Finish());
        });

    [Fact]
    public async Task Given_a_body_When_staged_Then_size_MD5_and_the_wanted_checksums_are_known_and_disposal_removes_it()
    {
        var folder = Directory.CreateTempSubdirectory("staging-test-").FullName;
        var content = Encoding.UTF8.GetBytes(new string('x', 300_000));

        var body = await StagedBody.ReceiveAsync(folder, new MemoryStream(content), [ChecksumAlgorithm.Named("SHA256")!], withSha256: true, default);

        Assert.Equal(300_000, body.Size);
        Assert.Equal(SHA256.HashData(content), body.Sha256);
        Assert.Equal(Convert.ToBase64String(SHA256.HashData(content)), body.Checksums["SHA256"]);
        Assert.Equal(content, await File.ReadAllBytesAsync(body.Path));
        body.Dispose();
        Assert.Empty(Directory.EnumerateFiles(folder));
        Directory.Delete(folder);
    }
}
