using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using BuildPipeline.Aws;
using BuildPipeline.Runs;
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
        _repository.Write("held-out/a.md", "held out");
        foreach (var number in Enumerable.Range(0, 5))
        {
            _repository.Write($"docs/{number}.md", $"text {number}");
        }
    }

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task GivenNothingInTheBucket_WhenUploaded_ThenEverythingGoesUnderItsDigestWithKeyAndChecksum()
    {
        var (program, data) = await InputsAsync(Job with { ValidationDataUri = "held-out" });
        var (train, validation) = ($"data/{data[0].Sha256}/", $"data/{data[1].Sha256}/");
        Assert.Equal(
            [new("train", $"s3://{Bucket}/{train}"), new("validation", $"s3://{Bucket}/{validation}"), new InputChannel("code", $"s3://{Bucket}/bundles/{program.Sha256}/")],
            await UploadAsync(program, data));
        Assert.Equal(
            [$"bundles/{program.Sha256}/train.py", .. Enumerable.Range(0, 5).Select(number => $"{train}{number}.md").Append($"{validation}a.md").Order()],
            _s3.Puts.Select(put => put.Key).Order(StringComparer.Ordinal));
        Assert.All(_s3.Puts, put => Assert.Equal((ServerSideEncryptionMethod.AWSKMS, KeyArn), (put.ServerSideEncryptionMethod, put.ServerSideEncryptionKeyManagementServiceKeyId)));
        Assert.All([(train + "3.md", data[0].Folder!.Files[3]), ($"bundles/{program.Sha256}/train.py", program.Files[0])], expected => Assert.Equal(
            expected.Item2.Sha256, Checksum(Assert.Single(_s3.Puts, put => put.Key == expected.Item1))));
    }

    [Fact]
    public async Task GivenSomeOfItInTheBucket_WhenUploaded_ThenOnlyTheRestGoes()
    {
        var (program, data) = await InputsAsync(Job);
        _s3.Put($"bundles/{program.Sha256}/train.py", "print(1)"u8.ToArray());
        foreach (var number in new[] { 0, 1, 4 })
        {
            _s3.Put($"data/{data[0].Sha256}/{number}.md", "text n"u8.ToArray());
        }

        _s3.Put($"data/{data[0].Sha256}/2.md", "cut"u8.ToArray());
        await UploadAsync(program, data);
        Assert.Equal([$"data/{data[0].Sha256}/2.md", $"data/{data[0].Sha256}/3.md"], _s3.Puts.Select(put => put.Key).Order());
    }

    [Fact]
    public async Task GivenAFileThatChangedAfterTheApproval_WhenS3RefusesIt_ThenTheRunIsNotApproved()
    {
        var (program, data) = await InputsAsync(Job);
        _clients.S3.PutObjectAsync(Arg.Is<Amazon.S3.Model.PutObjectRequest>(put => put.Key.EndsWith("1.md")), Arg.Any<CancellationToken>())
            .ThrowsAsync(Error("BadDigest", HttpStatusCode.BadRequest));
        var exception = await Assert.ThrowsAsync<PipelineException>(() => UploadAsync(program, data));
        Assert.Equal(ExitCode.NotApproved, exception.ExitCode);
        Assert.Contains("1.md changed after the run was approved", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenDataInS3_WhenUploaded_ThenItIsOnlyLookedFor()
    {
        var (program, data) = await InputsAsync(Job with { ModelDataUri = "s3://corpus/wiki/" });
        var exception = await Assert.ThrowsAsync<PipelineException>(() => UploadAsync(program, data));
        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
        Assert.Contains("There is no model data under s3://corpus/wiki/: check model_data_uri", exception.Message, StringComparison.Ordinal);
        _s3.Put("wiki/a.txt", [1]);
        Assert.Contains(new InputChannel("model", "s3://corpus/wiki/"), await UploadAsync(program, data));
    }

    [Theory]
    [InlineData("NoSuchBucket", HttpStatusCode.NotFound, ExitCode.BadConfiguration)]
    [InlineData("AccessDenied", HttpStatusCode.Forbidden, null)]
    public async Task GivenDataInABucketThatIsMissingOrNotOurs_WhenUploaded_ThenOnlyTheFirstIsAnError(string code, HttpStatusCode status, ExitCode? expected)
    {
        var (program, data) = await InputsAsync(Job with { TrainingDataUri = "s3://corpus/wiki/" });
        _clients.S3.ListObjectsV2Async(Arg.Is<Amazon.S3.Model.ListObjectsV2Request>(list => list.BucketName == "corpus"), Arg.Any<CancellationToken>())
            .ThrowsAsync(Error(code, status));
        var exception = await Record.ExceptionAsync(() => UploadAsync(program, data));
        Assert.Equal(expected, (exception as PipelineException)?.ExitCode);
    }

    private static AmazonS3Exception Error(string code, HttpStatusCode status) => new("no", null, ErrorType.Sender, code, "r", status);

    private static string Checksum(Amazon.S3.Model.PutObjectRequest put) => Convert.ToHexStringLower(Convert.FromBase64String(put.ChecksumSHA256));

    private async Task<(FolderContent Program, IReadOnlyList<TrainingData> Data)> InputsAsync(TrainingJobSpec job) =>
        (await SourceBundle.ReadAsync(Path.Combine(_repository.Root, "training"), default), await TrainingData.InspectAsync(job, _repository.Root, default));

    private Task<IReadOnlyList<InputChannel>> UploadAsync(FolderContent program, IReadOnlyList<TrainingData> data) =>
        new TrainingUploads(_clients).UploadAsync(Job, program, data, default);
}
