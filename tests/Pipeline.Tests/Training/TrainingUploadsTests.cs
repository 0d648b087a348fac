using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using BuildPipeline.Aws;
using BuildPipeline.Training;
using NSubstitute;
using NSubstitute.ExceptionExtensions;
using static BuildPipeline.Pipeline.Tests.Training.TestRuns;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class TrainingUploadsTests : IDisposable
{
    private readonly TempFolder _repository = new();
    private readonly IAwsClients _clients = Clients();
    private readonly FakeS3 _s3 = new();

    public TrainingUploadsTests()
    {
        _s3.Attach(_clients.S3);
        _repository.Write("training/train.py", "print(1)");
        foreach (var number in Enumerable.Range(0, 5))
        {
            _repository.Write($"docs/{number}.md", $"text {number}");
        }
    }

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task GivenNothingInTheBucket_WhenUploaded_ThenEverythingGoesUnderItsDigestWithKeyAndChecksum()
    {
        var (bundle, data) = await InputsAsync("docs");
        var inputs = await UploadAsync(bundle, data);
        Assert.Equal(($"s3://{Bucket}/bundles/{bundle.Sha256}/", $"s3://{Bucket}/data/{data.Sha256}/"), (inputs.CodeUri, inputs.DataUri));
        Assert.Equal(6, _s3.Puts.Count);
        Assert.All(_s3.Puts, put => Assert.Equal((ServerSideEncryptionMethod.AWSKMS, KeyArn), (put.ServerSideEncryptionMethod, put.ServerSideEncryptionKeyManagementServiceKeyId)));
        var file = Assert.Single(_s3.Puts, put => put.Key == $"data/{data.Sha256}/3.md");
        Assert.Equal(data.Folder!.Files[3].Sha256, Convert.ToHexStringLower(Convert.FromBase64String(file.ChecksumSHA256)));
    }

    [Fact]
    public async Task GivenSomeOfItInTheBucket_WhenUploaded_ThenOnlyTheRestGoes()
    {
        var (bundle, data) = await InputsAsync("docs");
        _s3.Put($"bundles/{bundle.Sha256}/source.tar.gz", [1]);
        foreach (var number in new[] { 0, 1, 4 })
        {
            _s3.Put($"data/{data.Sha256}/{number}.md", "text n"u8.ToArray());
        }

        _s3.Put($"data/{data.Sha256}/2.md", "cut"u8.ToArray());
        await UploadAsync(bundle, data);
        Assert.Equal([$"data/{data.Sha256}/2.md", $"data/{data.Sha256}/3.md"], _s3.Puts.Select(put => put.Key).Order());
    }

    [Fact]
    public async Task GivenAFileThatChangedAfterTheApproval_WhenS3RefusesIt_ThenTheRunIsNotApproved()
    {
        var (bundle, data) = await InputsAsync("docs");
        _clients.S3.PutObjectAsync(Arg.Is<Amazon.S3.Model.PutObjectRequest>(put => put.Key.EndsWith("1.md")), Arg.Any<CancellationToken>())
            .ThrowsAsync(Error("BadDigest", HttpStatusCode.BadRequest));
        var exception = await Assert.ThrowsAsync<PipelineException>(() => UploadAsync(bundle, data));
        Assert.Equal(ExitCode.NotApproved, exception.ExitCode);
        Assert.Contains("1.md changed after the run was approved", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenDataInS3_WhenUploaded_ThenItIsOnlyLookedFor()
    {
        var (bundle, data) = await InputsAsync("s3://corpus/wiki/");
        var exception = await Assert.ThrowsAsync<PipelineException>(() => UploadAsync(bundle, data));
        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
        _s3.Put("wiki/a.txt", [1]);
        Assert.Equal("s3://corpus/wiki/", (await UploadAsync(bundle, data)).DataUri);
    }

    [Theory]
    [InlineData("NoSuchBucket", HttpStatusCode.NotFound, ExitCode.BadConfiguration)]
    [InlineData("AccessDenied", HttpStatusCode.Forbidden, null)]
    public async Task GivenDataInABucketThatIsMissingOrNotOurs_WhenUploaded_ThenOnlyTheFirstIsAnError(string code, HttpStatusCode status, ExitCode? expected)
    {
        var (bundle, data) = await InputsAsync("s3://corpus/wiki/");
        _clients.S3.ListObjectsV2Async(Arg.Is<Amazon.S3.Model.ListObjectsV2Request>(list => list.BucketName == "corpus"), Arg.Any<CancellationToken>())
            .ThrowsAsync(Error(code, status));
        var exception = await Record.ExceptionAsync(() => UploadAsync(bundle, data));
        Assert.Equal(expected, (exception as PipelineException)?.ExitCode);
    }

    private static AmazonS3Exception Error(string code, HttpStatusCode status) => new("no", null, ErrorType.Sender, code, "r", status);

    private async Task<(SourceBundle Bundle, TrainingData Data)> InputsAsync(string uri) =>
        (await SourceBundle.PackAsync(Path.Combine(_repository.Root, "training"), default), await TrainingData.InspectAsync(uri, _repository.Root, default));

    private Task<UploadedInputs> UploadAsync(SourceBundle bundle, TrainingData data) => new TrainingUploads(_clients).UploadAsync(Job, bundle, data, default);
}
