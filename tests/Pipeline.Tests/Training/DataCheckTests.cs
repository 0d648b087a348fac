using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using BuildPipeline.Aws;
using BuildPipeline.Uploads;
using NSubstitute.ExceptionExtensions;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class DataCheckTests
{
    private readonly IAwsClients _clients = TestRuns.Clients();
    private readonly FakeS3 _s3 = new();

    public DataCheckTests() => _s3.Attach(_clients.S3);

    [Theory]
    [InlineData("patients/notes.md", "s3://corpus/patients")]
    [InlineData("patients/2019/a/notes.md", "s3://corpus/patients/")]
    [InlineData("notes.md", "s3://corpus")]
    [InlineData("notes.md", "s3://corpus/")]
    public async Task Given_AFolderWithAFile_When_Checked_Then_ItPassesAndTheChannelIsAFolder(string key, string uri)
    {
        _s3.Put("patients-2019-private/notes.md", [1]);
        _s3.Put(key[..(key.LastIndexOf('/') + 1)] + "folder/", []);
        _s3.Put(key, [1]);

        Assert.Null(await CheckAsync(uri));
        Assert.Matches("^s3://corpus/(patients/)?$", Data(uri).Location!.ToString());
    }

    [Theory]
    [InlineData("patients-2019-private/notes.md", "s3://corpus/patients", "There is no model data under s3://corpus/patients/")]
    [InlineData("patients/", "s3://corpus/patients/", "There is no model data under s3://corpus/patients/")]
    [InlineData("patients/", "s3://corpus", "There is no model data under s3://corpus/")]
    [InlineData("patients", "s3://corpus/patients", "s3://corpus/patients is one object")]
    [InlineData("patients//notes.md", "s3://corpus/patients/", "The object s3://corpus/patients//notes.md")]
    [InlineData("patients/../notes.md", "s3://corpus/patients/", "The object s3://corpus/patients/../notes.md")]
    public async Task Given_NoFolderThatCanBeRead_When_Checked_Then_TheVariableAndTheKeyAreNamed(string key, string uri, string expected)
    {
        _s3.Put(key, [1]);

        var exception = await Assert.ThrowsAsync<PipelineException>(() => CheckAsync(uri));

        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
        Assert.StartsWith(expected, exception.Message, StringComparison.Ordinal);
        Assert.Contains("model_data_uri", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_ABucketOfAnotherRegion_When_Checked_Then_BothRegionsAreNamed()
    {
        _s3.Put("patients/a.md", [1]);
        _s3.Region = "eu-west-1";

        var exception = await Assert.ThrowsAsync<PipelineException>(() => CheckAsync("s3://corpus/patients/"));

        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
        Assert.Contains("eu-west-1", exception.Message, StringComparison.Ordinal);
        Assert.Contains("us-east-1", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_AMissingBucket_When_Checked_Then_ItIsRefused()
    {
        _clients.S3.HeadBucketAsync(default!, default).ThrowsAsyncForAnyArgs(Error("NotFound", HttpStatusCode.NotFound));

        Assert.Equal(ExitCode.BadConfiguration, (await Assert.ThrowsAsync<PipelineException>(() => CheckAsync("s3://corpus/wiki/"))).ExitCode);
    }

    [Fact]
    public async Task Given_ABucketThatTheseCredentialsMayNotList_When_Checked_Then_ItIsSaidThatNothingWasChecked()
    {
        _clients.S3.HeadBucketAsync(default!, default).ThrowsAsyncForAnyArgs(Error("Forbidden", HttpStatusCode.Forbidden));

        Assert.Contains("model_data_uri was not checked", await CheckAsync("s3://corpus/wiki/"), StringComparison.Ordinal);
    }

    private static AmazonS3Exception Error(string code, HttpStatusCode status) => new("no", null, ErrorType.Sender, code, "r", status);

    private static TrainingData Data(string uri) =>
        S3Uri.TryParse(uri, out var location) ? new("model", "model_data_uri", uri, null, location.AsFolder()) : throw new ArgumentException(uri);

    private Task<string?> CheckAsync(string uri) => DataCheck.CheckAsync(_clients, Data(uri), CancellationToken.None);
}
