using System.Security.Cryptography;
using BuildPipeline.Uploads;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Uploads;

public sealed class FilePartsTests
{
    private const long MiB = 1024 * 1024;

    private static readonly long[] Edges =
    [
        0, 1, FileParts.SmallestPart - 1, FileParts.SmallestPart, FileParts.SmallestPart + 1, 5 * 1024 * MiB, (FileParts.SmallestPart * FileParts.MostParts) - 1,
        FileParts.SmallestPart * FileParts.MostParts, (FileParts.SmallestPart * FileParts.MostParts) + 1, FileParts.LargestFile - 1, FileParts.LargestFile,
    ];

    [Property(MaxTest = 500)]
    public Property Given_AnySizeThatS3Takes_When_Planned_Then_ThePartsAreTheFileAndWithinS3sLimits() => Prop.ForAll(
        // As many small files as large ones.
        Gen.OneOf(Gen.Elements(Edges), Gen.Choose(0, 42).SelectMany(bits => Gen.Choose(0, int.MaxValue).Select(share => (long)((1L << bits) * (share / (double)int.MaxValue))))).ToArbitrary(),
        size =>
        {
            var parts = FileParts.Plan(Math.Min(size, FileParts.LargestFile)).ToList();
            Assert.InRange(parts.Count, 1, 10_000);
            Assert.Equal(FileParts.Count(size), parts.Count);
            Assert.Equal(Enumerable.Range(1, parts.Count), parts.Select(part => part.Number));
            Assert.Equal(size, parts.Sum(part => part.Length));
            Assert.All(parts.Zip(parts.Skip(1)), pair => Assert.Equal(pair.First.Offset + pair.First.Length, pair.Second.Offset));
            Assert.All(parts.SkipLast(1), part => Assert.InRange(part.Length, 5 * MiB, 5 * 1024 * MiB));
            Assert.InRange(parts[^1].Length, size == 0 ? 0 : 1, 5 * 1024 * MiB);
        });

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(FileParts.SmallestPart)]
    [InlineData(FileParts.SmallestPart + 1)]
    [InlineData((2 * FileParts.SmallestPart) + 7)]
    public async Task Given_AFile_When_Hashed_Then_TheDigestIsTheOneThatS3Keeps(long size)
    {
        var content = new byte[size];
        new Random(1).NextBytes(content);
        var parts = content.Chunk((int)FileParts.SmallestPart).Select(SHA256.HashData).ToList();
        var stored = parts.Count < 2 ? Convert.ToBase64String(SHA256.HashData(content)) : Convert.ToBase64String(SHA256.HashData(parts.SelectMany(hash => hash).ToArray())) + $"-{parts.Count}";

        var digest = await FileDigest.ComputeAsync(new MemoryStream(content), size, default);

        Assert.Equal(FileDigest.FromS3(stored, size), digest.Sha256);
        Assert.Equal(parts.Count < 2 ? [] : parts.Select(Convert.ToBase64String), digest.Parts);
        await Assert.ThrowsAsync<IOException>(() => FileDigest.ComputeAsync(new MemoryStream(content), size + 1, default));
        await Assert.ThrowsAsync<IOException>(() => FileDigest.ComputeAsync(new MemoryStream([.. content, 1]), size, default));
    }

    [Theory]
    [InlineData(null, 5)]
    [InlineData("", 5)]
    [InlineData("AAAA", 5)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=-1", 5)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=-2", 5)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", FileParts.SmallestPart + 1)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=-3", FileParts.SmallestPart + 1)]
    public void Given_AChecksumOfAnObjectThatWasSentOtherwise_When_Read_Then_ItSaysNothing(string? checksum, long size) => Assert.Null(FileDigest.FromS3(checksum, size));

    [Property(MaxTest = 200)]
    public Property Given_AnyPartsInS3_When_Resumed_Then_ExactlyThoseWithTheFilesBytesAreKept() => Prop.ForAll(
        Gen.Choose(2, 40).SelectMany(count => Gen.Choose(0, 3).ArrayOf(count)).ToArbitrary(),
        // 0 is a part that is missing, 1 one of other bytes, else the file's.
        kinds =>
        {
            var file = FileOf(kinds.Length);
            var upload = Upload("a", 0, [.. FileParts.Plan(file.Size).Where(part => kinds[part.Number - 1] > 0)
                .Select(part => new StoredPart(part.Number, part.Length, kinds[part.Number - 1] == 1 ? "other" : file.Parts[part.Number - 1], "tag"))]);

            Assert.Same(upload, StartedUpload.SelectFor(file, [upload]));
            Assert.Equal(Enumerable.Range(1, kinds.Length).Where(number => kinds[number - 1] > 1), upload.FinishedOf(file).Select(part => part.Number));
        });

    [Fact]
    public void Given_SeveralUploads_When_Resumed_Then_TheOneWithMostOfTheFileIsContinuedAndOneThatDoesNotFitNever()
    {
        var file = FileOf(3);
        StoredPart First(long size = FileParts.SmallestPart, string sha256 = "1", int number = 1) => new(number, size, sha256, "tag");
        StartedUpload[] unfit = [Upload("other size", 0, First(size: FileParts.SmallestPart / 2)), Upload("other checksum", 0) with { ChecksSha256 = false }, Upload("more parts", 0, First(), First(number: 4))];

        Assert.Null(StartedUpload.SelectFor(file, unfit));
        Assert.Equal("two", StartedUpload.SelectFor(file, [.. unfit, Upload("one", 1, First()), Upload("two", 2, First(), First(number: 2, sha256: "2")), Upload("none", 0)])?.UploadId);
        Assert.Equal("older", StartedUpload.SelectFor(file, [Upload("newer", 2), Upload("older", 1)])?.UploadId);
    }

    [Fact]
    public void Given_AResumedUpload_When_ItsProgressIsShown_Then_TheRateIsThatOfWhatWasSent()
    {
        Assert.Equal("", new TransferState(0, 0, 0, TimeSpan.Zero).Text);
        Assert.Equal("50.0 MiB of 100.0 MiB", new TransferState(100 * MiB, 50 * MiB, 0, TimeSpan.FromSeconds(3)).Text);
        var state = new TransferState(100 * MiB, 50 * MiB, 10 * MiB, TimeSpan.FromSeconds(5));
        Assert.Equal((0.6, TimeSpan.FromSeconds(20)), (state.Share, state.Remaining));
        Assert.Equal("60.0 MiB of 100.0 MiB, 2.0 MiB/s, 20 s left", state.Text);
    }

    private static ContentFile FileOf(int parts) =>
        new("weights", FileParts.SmallestPart * parts, new string('a', 64)) { Parts = [.. Enumerable.Range(1, parts).Select(number => $"{number}")] };

    private static StartedUpload Upload(string id, int day, params StoredPart[] parts) => new(id, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(day), true, parts);
}
