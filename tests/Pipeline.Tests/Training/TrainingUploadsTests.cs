using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using BuildPipeline.Aws;
using BuildPipeline.Jobs;
using BuildPipeline.Uploads;
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
            [
                new("train", $"s3://{Bucket}/{train}", data[0].Sha256),
                new("validation", $"s3://{Bucket}/{validation}", data[1].Sha256),
                new InputChannel("code", $"s3://{Bucket}/bundles/{program.Sha256}/", program.Sha256),
            ],
            await UploadAsync(program, data));
        Assert.Equal(
            [$"bundles/{program.Sha256}/train.py", .. Enumerable.Range(0, 5).Select(number => $"{train}{number}.md").Append($"{validation}a.md").Order()],
            _s3.Puts.Select(put => put.Key).Order(StringComparer.Ordinal));
        Assert.All(_s3.Puts, put => Assert.Equal((ServerSideEncryptionMethod.AWSKMS, KeyArn), (put.ServerSideEncryptionMethod, put.ServerSideEncryptionKeyManagementServiceKeyId)));
        Assert.All([(train + "3.md", data[0].Folder!.Files[3]), ($"bundles/{program.Sha256}/train.py", program.Files[0])], expected => Assert.Equal(
            expected.Item2.Sha256, Checksum(Assert.Single(_s3.Puts, put => put.Key == expected.Item1))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_SomeOfItInTheBucket_When_Uploaded_Then_OnlyWhatIsMissingOrHasOtherBytesGoes(bool keepsSha256)
    {
        var (program, data) = await InputsAsync(Job);
        _s3.KeepsSha256 = keepsSha256;
        _s3.Put($"bundles/{program.Sha256}/train.py", "print(1)"u8.ToArray());
        foreach (var number in new[] { 0, 1 })
        {
            _s3.Put($"data/{data[0].Sha256}/{number}.md", System.Text.Encoding.UTF8.GetBytes($"text {number}"));
        }

        _s3.Put($"data/{data[0].Sha256}/2.md", "cut"u8.ToArray());
        _s3.Put($"data/{data[0].Sha256}/4.md", "evil 4"u8.ToArray());
        await UploadAsync(program, data);
        Assert.Equal([2, 3, 4], _s3.Puts.Select(put => put.Key[^4] - '0').Order());
    }

    [Theory]
    [InlineData("bundles")]
    [InlineData("data")]
    public async Task Given_AnObjectThatThePipelineDidNotUpload_When_Uploaded_Then_ItIsRefusedByName(string folder)
    {
        var (program, data) = await InputsAsync(Job);
        _s3.Put($"{folder}/{(folder == "data" ? data[0].Sha256 : program.Sha256)}/sitecustomize.py", "import os"u8.ToArray());
        var exception = await Assert.ThrowsAsync<PipelineException>(() => UploadAsync(program, data));
        Assert.Equal(ExitCode.NotApproved, exception.ExitCode);
        Assert.Contains("/sitecustomize.py was not uploaded by the pipeline", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3.md", "evil 3", false)]
    [InlineData("3.md", "evil 3", true)]
    [InlineData("extra.md", "more", true)]
    [InlineData("3.md", null, true)]
    public async Task Given_AChangeAfterTheUpload_When_Verified_Then_TheChannelIsRefused(string file, string? content, bool keepsSha256)
    {
        var (program, data) = await InputsAsync(Job);
        var channels = await UploadAsync(program, data);
        _s3.KeepsSha256 = keepsSha256;
        var verified = await new TrainingUploads(_clients).VerifyAsync(channels, default);
        Assert.Equal(
            ContentMarks.Compute([.. data[0].Folder!.Files.Select(known => (known.Path, known.Sha256, known.Size))]), verified.Single(channel => channel.Name == "train").Marks);

        _s3.Now = _s3.Now.AddMinutes(1);
        if (content is null)
        {
            _s3.Delete($"data/{data[0].Sha256}/{file}");
        }
        else
        {
            _s3.Put($"data/{data[0].Sha256}/{file}", System.Text.Encoding.UTF8.GetBytes(content));
        }

        var exception = await Assert.ThrowsAsync<PipelineException>(() => new TrainingUploads(_clients).VerifyAsync(channels, default));
        Assert.Equal(ExitCode.NotApproved, exception.ExitCode);
        Assert.Contains("channel train", exception.Message, StringComparison.Ordinal);
        Assert.Equal(content is not null, exception.Message.Contains(file, StringComparison.Ordinal));
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

    private static AmazonS3Exception Error(string code, HttpStatusCode status) => new("no", null, ErrorType.Sender, code, "r", status);

    private static string Checksum(Amazon.S3.Model.PutObjectRequest put) => Convert.ToHexStringLower(Convert.FromBase64String(put.ChecksumSHA256));

    private async Task<(ContentManifest Program, IReadOnlyList<TrainingData> Data)> InputsAsync(TrainingJobSpec job) =>
        (await SourceBundle.ReadAsync(Path.Combine(_repository.Root, "training"), default), await TrainingData.InspectAsync(job, _repository.Root, default));

    private Task<IReadOnlyList<InputChannel>> UploadAsync(ContentManifest program, IReadOnlyList<TrainingData> data) =>
        new TrainingUploads(_clients).UploadAsync(Job, program, data, new TransferProgress(TimeProvider.System), default);
}
