using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>One finished run, whose evidence each test spoils in its own way and then restores.</summary>
public sealed class EvidenceTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    [TerraformFact]
    public async Task Given_TheEvidenceAsItIs_When_ValidatedAgain_Then_ItPasses() =>
        (await finished.Place.BuildAsync("--target=Validate")).ShouldExitWith(0);

    [TerraformFact]
    public async Task Given_AnInterruption_When_TheBillIsSplit_Then_ItAddsUpAndWhatIsLostIsWhatTheLogHasAfterTheCheckpointWithinAStep()
    {
        var run = finished.Place.Run;
        var attempt = Assert.Single(run.GetProperty("attempts").EnumerateArray());
        var interruption = Assert.Single(run.GetProperty("evidence").GetProperty("interruptions").EnumerateArray());
        var lines = await finished.Place.LinesOfAsync(attempt.GetProperty("job_name").GetString()!);
        var saved = $"checkpoint step={interruption.GetProperty("resumed_from_step").GetInt32()} ";
        var (savedAt, interruptedAt) = (lines.First(line => line.Text.StartsWith(saved, StringComparison.Ordinal)).At, interruption.GetProperty("at").GetDateTimeOffset());
        var steps = lines.Where(line => line.At < interruptedAt && line.Text.StartsWith("step=", StringComparison.Ordinal))
            .Select(line => (line.At, Step: int.Parse(line.Text.Split(' ')[0]["step=".Length..], CultureInfo.InvariantCulture))).ToList();
        var step = (steps[^1].At - steps[0].At) / (steps[^1].Step - steps[0].Step);
        var stepOfSave = steps.Last(line => line.At <= savedAt).At;

        var shares = run.GetProperty("goodput").GetProperty("shares").EnumerateArray().ToDictionary(share => share.GetProperty("category").GetString()!);
        var lost = TimeSpan.FromSeconds(shares["lost_work"].GetProperty("node_seconds").GetDouble());

        // A step's line comes before its save, and the checkpoint's line after it.
        Assert.InRange(lost, interruptedAt - savedAt - step, interruptedAt - stepOfSave + step);
        Assert.Equal(attempt.GetProperty("billable_seconds").GetInt64(), shares.Values.Sum(share => share.GetProperty("billed_seconds").GetInt64()));
        Assert.Equal(attempt.GetProperty("cost").GetDecimal(), shares.Values.Sum(share => share.GetProperty("cost").GetDecimal()));
        Assert.True(shares["productive"].GetProperty("node_seconds").GetDouble() > 0);
        Assert.Contains("| lost work |", await File.ReadAllTextAsync(finished.Place.RunFile("summary.md")), StringComparison.Ordinal);
    }

    [TerraformFact]
    public async Task Given_OldVersionsArePurgedAndAManifestWithoutFilesIsLeft_When_ValidatedAgain_Then_TheResumeIsStillProven()
    {
        await finished.PurgeOldVersionsAsync("checkpoints/");
        var first = (await finished.KeysAsync("record/manifests/"))[0];
        const string Left = "checkpoints/step-00000110/manifest.json";
        await finished.CopyAsync(first, Left, text => System.Text.RegularExpressions.Regex.Replace(text, "(?<=\"step\": *)[0-9]+", "110"));

        (await finished.Place.BuildAsync("--target=Validate")).ShouldExitWith(0).ShouldContain("step 110 (");
        Assert.True(finished.Place.Run.GetProperty("evidence").GetProperty("interruptions")[0].GetProperty("resumed_from_step").GetInt32() > 0);
        await finished.DeleteAsync(Left);
    }

    [TerraformFact]
    public async Task Given_ACorruptCheckpoint_When_Validated_Then_ItIsNamed()
    {
        var key = (await finished.KeysAsync("checkpoints/")).Last(key => key.EndsWith(".bin", StringComparison.Ordinal));

        var ended = await finished.WithSpoiledAsync(key, bytes => [.. bytes.Select((value, index) => index == bytes.Length / 2 ? (byte)~value : value)]);

        ended.ShouldExitWith(7, "BP1601").ShouldContain(Path.GetFileName(key));
    }

    [TerraformFact]
    public async Task Given_ATruncatedModelArchive_When_Validated_Then_ItSaysSo()
    {
        var key = (await finished.KeysAsync("output/")).Single(key => key.EndsWith("model.tar.gz", StringComparison.Ordinal));

        (await finished.WithSpoiledAsync(key, bytes => bytes[..(bytes.Length / 2)])).ShouldExitWith(7, "BP1601").ShouldContain("model archive");
    }

    [TerraformFact]
    public async Task Given_ACutManifest_When_Validated_Then_TheCheckpointIsNotComplete()
    {
        var key = (await finished.KeysAsync("checkpoints/")).Last(key => key.EndsWith("manifest.json", StringComparison.Ordinal));

        (await finished.WithSpoiledAsync(key, bytes => bytes[..(bytes.Length / 2)])).ShouldExitWith(7, "BP1601").ShouldContain("checkpoint");
    }
}

/// <summary>A finished run in its own sandbox.</summary>
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

        await Place.HostSandboxAsync();
        (await Place.QuickAsync("--target=Launch")).ShouldExitWith(0);
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
    public async Task<Result> WithSpoiledAsync(string key, Func<byte[], byte[]> spoil)
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

    /// <summary>Does what the bucket's lifecycle rule does in some days: of a part of the run only current objects stay.</summary>
    public async Task PurgeOldVersionsAsync(string part)
    {
        using var s3 = Place.CreateS3();
        var versions = (await s3.ListVersionsAsync(new ListVersionsRequest { BucketName = _bucket, Prefix = _prefix + part })).Versions;
        foreach (var old in versions.Where(version => version.IsLatest != true))
        {
            await s3.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _bucket, Key = old.Key, VersionId = old.VersionId });
        }
    }

    /// <summary>Copies an object to a name within the run, with its text changed.</summary>
    public async Task CopyAsync(string key, string name, Func<string, string> change)
    {
        using var s3 = Place.CreateS3();
        using var stored = await s3.GetObjectAsync(_bucket, key);
        using var text = new StreamReader(stored.ResponseStream);
        await PutAsync(s3, _prefix + name, System.Text.Encoding.UTF8.GetBytes(change(await text.ReadToEndAsync())));
    }

    /// <summary>Deletes an object of the run.</summary>
    public async Task DeleteAsync(string name)
    {
        using var s3 = Place.CreateS3();
        await s3.DeleteObjectAsync(_bucket, _prefix + name);
    }

    private async Task PutAsync(AmazonS3Client s3, string key, byte[] bytes)
    {
        using var content = new MemoryStream(bytes);
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = key, InputStream = content });
    }
}
