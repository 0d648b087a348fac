using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>The compatibility mode in which new buckets are as before April 2023.</summary>
public sealed class OldBucketDefaultsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-test-").FullName;
    private HostedSandbox? _sandbox;

    public async Task InitializeAsync() => _sandbox = await HostedSandbox.StartAsync(_folder, "--old-bucket-defaults");

    public async Task DisposeAsync()
    {
        await _sandbox!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Given_old_defaults_When_a_bucket_is_created_with_a_public_ACL_Then_everybody_lists_it_and_owners_have_display_names()
    {
        using var http = new HttpClient { BaseAddress = _sandbox!.Running.Url };
        using var create = new HttpRequestMessage(HttpMethod.Put, "/old") { Headers = { { "x-amz-acl", "public-read" } } };
        await new RequestSignature("s3").SignAsync(create, _sandbox.Running.Url);
        using var put = new HttpRequestMessage(HttpMethod.Put, "/old/key") { Content = new StringContent("x") };
        await new RequestSignature("s3").SignAsync(put, _sandbox.Running.Url);

        using var created = await http.SendAsync(create);
        using var written = await http.SendAsync(put);
        using var listed = await http.GetAsync("/old");

        Assert.True(created.IsSuccessStatusCode && written.IsSuccessStatusCode && listed.IsSuccessStatusCode);
        Assert.Contains($"<DisplayName>{RawS3.Account}</DisplayName>", await listed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
