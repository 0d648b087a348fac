using System.Diagnostics;
using System.Globalization;
using Amazon.S3;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;

namespace BuildPipeline.Sandbox.Tests.Uploads;

/// <summary>What tests/bench_uploads.py starts as a process of its own, which it may kill.</summary>
public sealed class UploadBenchmark
{
    [SkippableFact]
    public async Task Given_AFolderAndABucket_When_Uploaded_Then_TheSecondsAreWritten()
    {
        var folder = Environment.GetEnvironmentVariable("BENCH_UPLOADS");
        Skip.If(folder is null, "Started by tests/bench_uploads.py.");
        var address = new Uri(Environment.GetEnvironmentVariable("BENCH_ENDPOINT")!);
        await File.WriteAllTextAsync(Path.Combine(folder!, "pid"), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        using var s3 = new AmazonS3Client(AwsClients.UploadConfig(new SandboxConnection("us-east-1", address)));
        var watch = Stopwatch.StartNew();

        await new UploadClients(s3, address).UploadAsync(Environment.GetEnvironmentVariable("BENCH_BUCKET")!, folder!);

        await File.WriteAllTextAsync(Path.Combine(folder!, "seconds"), watch.Elapsed.TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }
}
