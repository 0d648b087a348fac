using BuildPipeline.Aws;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Aws;

public sealed class S3UriTests
{
    [Theory]
    [InlineData("s3://bucket", "bucket", "")]
    [InlineData("s3://bucket/", "bucket", "")]
    [InlineData("s3://bucket/a/b.txt", "bucket", "a/b.txt")]
    public void GivenAUri_WhenRead_ThenBucketAndKeyAreKnown(string uri, string bucket, string key)
    {
        Assert.True(S3Uri.TryParse(uri, out var parsed));
        Assert.Equal(new S3Uri(bucket, key), parsed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("docs")]
    [InlineData("S3://bucket/a")]
    [InlineData("s3://a/b")]
    [InlineData("s3:///key")]
    public void GivenAnotherText_WhenRead_ThenItIsNone(string? uri) => Assert.False(S3Uri.TryParse(uri, out _));

    [Property]
    public bool GivenAnyText_WhenRead_ThenWhatIsReadIsWrittenTheSame(string text) =>
        !S3Uri.TryParse("s3://" + text, out var parsed) || parsed.ToString().TrimEnd('/') == ("s3://" + text).TrimEnd('/');
}
