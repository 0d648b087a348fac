using System.Net.Http.Json;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>An account whose clock is set while a process works with it.</summary>
[Trait("Tier", "all")]
public sealed class ClockTests
{
    private const string Bucket = "clock";

    [Fact]
    public async Task Given_AClockThatJumps_When_ManyRequestsAreUnderWay_Then_EachIsAnswered()
    {
        await using var place = new Workplace();
        await place.HostSandboxAsync();
        using var process = new SandboxProcess(place.SandboxState, TimeProvider.System);
        using var clients = new AwsClients(await SandboxAccount.OpenAsync(process, _ => null, default), new NamedRegion(null));
        await clients.S3.PutBucketAsync(Bucket);
        await clients.S3.PutObjectAsync(new() { BucketName = Bucket, Key = "known", ContentBody = "" });

        foreach (var seconds in new[] { 1200, 0, -1200, 0 })
        {
            using var http = new HttpClient();
            (await http.PutAsJsonAsync(new Uri(place.Sandbox().Url, "/_sandbox/clock"), new { ahead_seconds = seconds })).EnsureSuccessStatusCode();

            await Task.WhenAll(Enumerable.Range(0, 6).SelectMany(number => new Task[]
            {
                clients.CheckCredentialsAsync(default),
                clients.S3.GetObjectMetadataAsync(Bucket, "known"),
                clients.S3.PutObjectAsync(new() { BucketName = Bucket, Key = $"text-{number}", ContentBody = "text" }),
                clients.Uploads.PutObjectAsync(new() { BucketName = Bucket, Key = $"file-{number}", InputStream = new MemoryStream(new byte[100_000]) }),
                clients.S3.ListObjectsV2Async(new() { BucketName = Bucket }),
                clients.SageMaker.ListTrainingJobsAsync(new()),
                clients.Ec2.DescribeSpotPriceHistoryAsync(new()),
            }));
        }
    }
}
