using System.Net.Http.Json;
using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Hosting;

/// <summary>What a client meets where faults are planned.</summary>
public sealed class FaultTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string Bucket = "faults";

    [Fact]
    public async Task Given_a_delayed_listing_When_objects_are_listed_Then_the_newest_are_missing_once()
    {
        using var s3 = await WithAsync("listed");
        await PlanAsync(new { service = "s3", operation = "ListObjectsV2", kind = "delayed_listing" });

        Assert.Empty((await s3.ListObjectsV2Async(new() { BucketName = Bucket })).S3Objects ?? []);
        Assert.Contains((await s3.ListObjectsV2Async(new() { BucketName = Bucket })).S3Objects, found => found.Key == "listed");
    }

    [Fact]
    public async Task Given_a_held_response_of_one_key_When_it_is_written_Then_it_exists_and_the_client_has_no_answer()
    {
        using var s3 = await WithAsync("other");
        await PlanAsync(new { service = "s3", operation = "PutObject", key = "hel*", kind = "hold_response" });
        using var patience = new CancellationTokenSource();

        var held = s3.PutObjectAsync(new() { BucketName = Bucket, Key = "held", ContentBody = "" }, patience.Token);
        await s3.PutObjectAsync(new() { BucketName = Bucket, Key = "another", ContentBody = "" });
        while ((await s3.ListObjectsV2Async(new() { BucketName = Bucket, Prefix = "held" })).S3Objects is not { Count: 1 })
        {
            Assert.False(held.IsCompleted);
        }

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held);
    }

    [Fact]
    public async Task Given_a_denied_action_When_it_is_called_Then_it_is_refused_and_the_request_is_logged_with_its_fault()
    {
        using var s3 = await WithAsync("denied");
        await PlanAsync(new { service = "s3", operation = "DeleteObject", kind = "access_denied" });

        Assert.Equal("AccessDenied", (await Assert.ThrowsAsync<AmazonS3Exception>(() => s3.DeleteObjectAsync(Bucket, "denied"))).ErrorCode);

        var logged = (await sandbox.Http.GetFromJsonAsync<JsonElement[]>("/_sandbox/requests"))!.Last(request => request.GetProperty("operation").GetString() == "DeleteObject");
        Assert.Equal(("s3", "denied", "access_denied"), (logged.GetProperty("service").GetString(), logged.GetProperty("key").GetString(), logged.GetProperty("fault").GetString()));
    }

    [Fact]
    public async Task Given_a_client_whose_clock_is_slow_When_it_calls_Then_it_is_refused_until_it_corrects_its_clock_by_the_answer()
    {
        await using var ahead = new SeparateClock(sandbox.Http);
        await ahead.SetAsync(1200);
        using var stubborn = sandbox.CreateS3();
        using var corrected = sandbox.CreateS3(retries: 2);

        Assert.Equal("RequestTimeTooSkewed", (await Assert.ThrowsAsync<AmazonS3Exception>(() => stubborn.ListBucketsAsync())).ErrorCode);
        await corrected.ListBucketsAsync();
    }

    private async Task<AmazonS3Client> WithAsync(string key)
    {
        var s3 = sandbox.CreateS3();
        await s3.PutBucketAsync(new PutBucketRequest { BucketName = Bucket });
        await s3.PutObjectAsync(new() { BucketName = Bucket, Key = key, ContentBody = "" });
        return s3;
    }

    private async Task PlanAsync(object fault) => (await sandbox.Http.PostAsJsonAsync("/_sandbox/faults", new[] { fault })).EnsureSuccessStatusCode();

    private sealed class SeparateClock(HttpClient http) : IAsyncDisposable
    {
        public async Task SetAsync(int seconds) => (await http.PutAsJsonAsync("/_sandbox/clock", new { ahead_seconds = seconds })).EnsureSuccessStatusCode();

        public async ValueTask DisposeAsync() => await SetAsync(0);
    }
}
