using BuildPipeline.Aws;
using BuildPipeline.Uploads;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class TrainingDataTests : IDisposable
{
    private readonly TempFolder _repository = new();

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task GivenAFolder_WhenInspected_ThenItsFilesAndDigestAreKnown()
    {
        _repository.Write("docs/b.md", "two");
        _repository.Write("docs/a/x.md", "one");
        _repository.Write("docs/.hidden", "no");
        var data = await InspectAsync("docs");
        Assert.Equal(["a/x.md", "b.md"], data.Folder!.Files.Select(file => file.Path));
        Assert.Equal((6L, data.Folder.Sha256), (data.Folder.Bytes, data.Sha256));
        Assert.Matches("^[0-9a-f]{64}$", data.Sha256);
        _repository.Write("docs/b.md", "owt");
        Assert.NotEqual(data.Sha256, (await InspectAsync("docs/")).Sha256);
    }

    [Fact]
    public async Task GivenAnS3Prefix_WhenInspected_ThenNothingLocalIsRead()
    {
        var data = await InspectAsync("s3://corpus/wiki/2025");
        Assert.Equal((null, null, new S3Uri("corpus", "wiki/2025/")), (data.Sha256, data.Folder, data.Location));
    }

    [Theory]
    [InlineData("missing", "does not exist")]
    [InlineData("empty", "has no files")]
    [InlineData("../elsewhere", "outside the repository")]
    [InlineData("/", "outside the repository")]
    [InlineData("", "Give s3://BUCKET/PREFIX")]
    [InlineData("https://example.com/data", "Give s3://BUCKET/PREFIX")]
    [InlineData("s3://", "Give s3://BUCKET/PREFIX")]
    public async Task GivenNoUsableData_WhenInspected_ThenASentenceSaysSo(string uri, string expected)
    {
        Directory.CreateDirectory(Path.Combine(_repository.Root, "empty"));
        var exception = await Assert.ThrowsAsync<PipelineException>(() => InspectAsync(uri));
        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenAModelAndHeldOutData_WhenInspected_ThenEachIsAChannelWithItsOwnDigest()
    {
        _repository.Write("docs/a.md", "one");
        _repository.Write("model/config.json", "{}");

        var data = await TrainingData.InspectAsync(
            Sample.Job with { ModelDataUri = "model", ValidationDataUri = "s3://corpus/held-out/" }, _repository.Root, CancellationToken.None);

        Assert.Equal(["train", "validation", "model"], data.Select(channel => channel.Channel));
        Assert.Equal([true, false, true], data.Select(channel => channel.Sha256 is not null));
        Assert.NotEqual(data[0].Sha256, data[2].Sha256);
    }

    [Theory]
    [InlineData("../elsewhere", "model_data_uri is \"../elsewhere\", which is outside the repository")]
    [InlineData("missing", "The model data folder ")]
    public async Task GivenNoUsableModel_WhenInspected_ThenTheVariableIsNamed(string uri, string expected)
    {
        _repository.Write("docs/a.md", "one");

        var exception = await Assert.ThrowsAsync<PipelineException>(
            () => TrainingData.InspectAsync(Sample.Job with { ModelDataUri = uri }, _repository.Root, CancellationToken.None));

        Assert.StartsWith(expected, exception.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("outlink")]
    [InlineData("outlink/inner")]
    [InlineData("docs")]
    public async Task Given_AFolderBehindALinkOrWithALoop_When_Inspected_Then_TheLinkIsNamed(string uri)
    {
        Skip.If(OperatingSystem.IsWindows(), "Symbolic links need rights on Windows: links in data folders were not tested.");
        using var outside = new TempFolder();
        outside.Write("inner/private.md", "private");
        _repository.Write("docs/a.md", "one");
        Directory.CreateSymbolicLink(Path.Combine(_repository.Root, "outlink"), outside.Root);
        Directory.CreateSymbolicLink(Path.Combine(_repository.Root, "docs", "loop"), Path.Combine(_repository.Root, "docs"));

        var exception = await Assert.ThrowsAsync<PipelineException>(() => InspectAsync(uri));

        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
        Assert.Contains(Path.Combine(_repository.Root, uri == "docs" ? "docs/loop" : "outlink"), exception.Message, StringComparison.Ordinal);
        Assert.Contains("symbolic link", exception.Message, StringComparison.Ordinal);
    }

    private async Task<TrainingData> InspectAsync(string uri) =>
        Assert.Single(await TrainingData.InspectAsync(Sample.Job with { TrainingDataUri = uri }, _repository.Root, CancellationToken.None));
}
