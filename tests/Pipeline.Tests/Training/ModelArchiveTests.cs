using System.IO.Compression;
using BuildPipeline.Evidence;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class ModelArchiveTests
{
    private static readonly byte[] Good = Archives.Model(2.625);

    [Fact]
    public async Task GivenAWholeArchive_WhenRead_ThenItsMetricsAreThere()
    {
        var archive = await ReadAsync(Good);
        Assert.Equal((null, 2, (long)Good.Length), (archive.Problem, archive.Files, archive.Bytes));
        Assert.Equal((600, 2.625), (archive.Metrics!.Step, archive.Metrics.Metrics["validation:loss"]));
    }

    [Fact]
    public async Task GivenACutArchive_WhenRead_ThenItIsFoundOutAtEveryLength()
    {
        for (var length = 0; length < Good.Length; length++)
        {
            Assert.NotNull((await ReadAsync(Good[..length])).Problem);
        }
    }

    [Property(MaxTest = 200)]
    public bool GivenAnyBytes_WhenRead_ThenItIsAProblemAndNotAnException(byte[] garbage) => ReadAsync(garbage).GetAwaiter().GetResult().Problem is not null;

    [Property(MaxTest = 200)]
    public bool GivenOneByteChanged_WhenRead_ThenItNeverThrows(int position, byte value)
    {
        var bytes = (byte[])Good.Clone();
        bytes[(int)((uint)position % (uint)bytes.Length)] = value;
        return ReadAsync(bytes).GetAwaiter().GetResult().Bytes > 0;
    }

    // The reader of .NET answers an attribute that is longer than its field with an InvalidOperationException.
    [Fact]
    public async Task Given_AnExtendedAttributeThatIsTooLong_When_Read_Then_ItIsAProblem()
    {
        var bytes = (byte[])Good.Clone();
        bytes[33] = 50;

        Assert.NotNull((await ReadAsync(bytes)).Problem);
    }

    [Theory]
    [InlineData("model.bin", "x", "has no metrics.json")]
    [InlineData("metrics.json", "{", "not have the format")]
    [InlineData("metrics.json", "{\"format\":\"final-metrics/1\",\"step\":1,\"metrics\":{\"a\":\"NaN\"},\"lineage\":[]}", "not have the format")]
    [InlineData("metrics.json", "{\"format\":\"final-metrics/1\",\"step\":1,\"metrics\":{\"a\":1e999},\"lineage\":[]}", "not have the format final-metrics/1 at $.metrics.a")]
    [InlineData("metrics.json", "{\"format\":\"final-metrics/1\",\"step\":1,\"metrics\":{\"a\":-1e999},\"lineage\":[]}", "at $.metrics.a")]
    [InlineData("metrics.json", "{\"format\":\"final-metrics/9\",\"step\":1,\"metrics\":{},\"lineage\":[]}", "not have the format")]
    [InlineData("metrics.json", "null", "not have the format")]
    public async Task GivenNoUsableMetrics_WhenRead_ThenTheProblemSaysSo(string name, string content, string expected) =>
        Assert.Contains(expected, (await ReadAsync(Archives.Of((name, content)))).Problem, StringComparison.Ordinal);

    [Fact]
    public async Task GivenAnEmptyArchive_WhenRead_ThenTheProblemSaysSo()
    {
        Assert.Equal("it is empty", (await ReadAsync([])).Problem);
        using var endOfTar = new MemoryStream();
        using (var gzip = new GZipStream(endOfTar, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(new byte[1024]);
        }

        Assert.Equal("it is empty", (await ReadAsync(endOfTar.ToArray())).Problem);
    }

    private static Task<ModelArchive> ReadAsync(byte[] bytes) => ModelArchive.ReadAsync(new MemoryStream(bytes), CancellationToken.None);
}
