using Amazon.S3;
using Amazon.S3.Model;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>One finished run, whose evidence each test spoils in its own way and then restores.</summary>
public sealed class EvidenceTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    [TerraformFact]
    public async Task Given_TheEvidenceAsItIs_When_ValidatedAgain_Then_ItPasses() =>
        (await finished.Place.BuildAsync("--target=Validate")).With(0);

    [TerraformFact]
    public async Task Given_ACorruptCheckpoint_When_Validated_Then_ItIsNamed()
    {
        var key = (await finished.KeysAsync("checkpoints/")).Last(key => key.EndsWith(".bin", StringComparison.Ordinal));

        var ended = await finished.WithSpoiledAsync(key, bytes => [.. bytes.Select((value, index) => index == bytes.Length / 2 ? (byte)~value : value)]);

        ended.With(7).Saying(Path.GetFileName(key));
    }

    [TerraformFact]
    public async Task Given_ATruncatedModelArchive_When_Validated_Then_ItSaysSo()
    {
        var key = (await finished.KeysAsync("output/")).Single(key => key.EndsWith("model.tar.gz", StringComparison.Ordinal));

        (await finished.WithSpoiledAsync(key, bytes => bytes[..(bytes.Length / 2)])).With(7).Saying("model archive");
    }

    [TerraformFact]
    public async Task Given_NoDigestInTheManifest_When_Validated_Then_TheCheckpointIsNotComplete()
    {
        var key = (await finished.KeysAsync("checkpoints/")).Last(key => key.EndsWith("manifest.json", StringComparison.Ordinal));

        (await finished.WithSpoiledAsync(key, bytes => bytes[..(bytes.Length / 2)])).With(7).Saying("checkpoint");
    }
}

/// <summary>A finished run in a sandbox of its own.</summary>
public sealed class FinishedRun : IAsyncLifetime
{
    private string _bucket = "";
    private string _prefix = "";

    public Workplace Place { get; } = new();

    public async Task InitializeAsync()
    {
        if (Terraform.WhyAbsent is not null)
        {
            return;
        }

        (await Place.QuickAsync("--target=Launch")).With(0);
        _bucket = Place.Run.GetProperty("job").GetProperty("artifact_bucket").GetString()!;
        _prefix = $"runs/{Place.LatestRunId}/";
    }

    public async Task DisposeAsync() => await Place.DisposeAsync();

    /// <summary>Keys of the run's objects under a part of it, in order.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync(string part)
    {
        using var s3 = Place.CreateS3();
        var page = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket, Prefix = _prefix + part });
        return [.. page.S3Objects.Select(found => found.Key)];
    }

    /// <summary>Validates with one object changed, and restores it.</summary>
    public async Task<Ended> WithSpoiledAsync(string key, Func<byte[], byte[]> spoil)
    {
        using var s3 = Place.CreateS3();
        using var stored = await s3.GetObjectAsync(_bucket, key);
        using var bytes = new MemoryStream();
        await stored.ResponseStream.CopyToAsync(bytes);
        await PutAsync(s3, key, spoil(bytes.ToArray()));
        try
        {
            return await Place.BuildAsync("--target=Validate");
        }
        finally
        {
            await PutAsync(s3, key, bytes.ToArray());
        }
    }

    private async Task PutAsync(AmazonS3Client s3, string key, byte[] bytes)
    {
        using var content = new MemoryStream(bytes);
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = key, InputStream = content });
    }
}
