using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Sandbox.Tests.Support;
using BuildPipeline.Uploads;

namespace BuildPipeline.Sandbox.Tests.Uploads;

/// <summary>Large files of the pipeline, with the published client: what an earlier process sent is not sent again.</summary>
public sealed class ResumedUploadTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string Bucket = "resumed-uploads";

    [Fact]
    public async Task Given_AnUploadThatWasKilled_When_TheNextProcessContinues_Then_OnlyWhatIsMissingOrDiffersIsSent()
    {
        var folder = Directory.CreateDirectory(Path.Combine(sandbox.StateFolder, "inputs"));
        folder.CreateSubdirectory("training");
        folder.CreateSubdirectory("data");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "training", "train.py"), "print(1)");
        var content = new byte[(4 * FileParts.SmallestPart) + 5];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "data", "weights.bin"), content);
        using var s3 = sandbox.CreateS3();
        await s3.PutBucketAsync(Bucket);
        var manifest = await ContentManifest.ReadAsync(Path.Combine(folder.FullName, "data"), "data", default);
        var key = $"data/{manifest.Sha256}/weights.bin";
        var parts = content.Chunk((int)FileParts.SmallestPart).ToArray();
        await StartAsync(s3, key, parts[0], parts[1], new byte[FileParts.SmallestPart]);
        await StartAsync(s3, key, content[..(5 * 1024 * 1024)]);

        using var next = sandbox.CreateS3();
        var (sent, others) = (new List<int>(), new List<string>());
        next.BeforeRequestEvent += (_, arguments) => Count(((WebServiceRequestEventArgs)arguments).Request, sent, others);
        var clients = new UploadClients(next, sandbox.Url);
        var channels = await clients.UploadAsync(Bucket, folder.FullName);

        Assert.Equal([3, 4, 5], sent.Order());
        Assert.Empty((await s3.ListMultipartUploadsAsync(Bucket)).MultipartUploads ?? []);
        using var stored = await s3.GetObjectAsync(Bucket, key);
        Assert.Equal(SHA256.HashData(content), await SHA256.HashDataAsync(stored.ResponseStream));

        // It is verified by what S3 checked, and not sent or read again.
        others.Clear();
        Assert.Equal(channels, await clients.UploadAsync(Bucket, folder.FullName));
        await new TrainingUploads(clients).VerifyAsync(channels, default);
        Assert.Equal(["GetObjectMetadataRequest", "ListObjectsV2Request"], others.Distinct().Order(StringComparer.Ordinal));
    }

    private static void Count(AmazonWebServiceRequest request, List<int> sent, List<string> others)
    {
        lock (sent)
        {
            if (request is UploadPartRequest part)
            {
                sent.Add(part.PartNumber ?? 0);
            }
            else
            {
                others.Add(request.GetType().Name);
            }
        }
    }

    private static async Task StartAsync(AmazonS3Client s3, string key, params byte[][] parts)
    {
        var upload = await s3.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = Bucket, Key = key, ChecksumAlgorithm = ChecksumAlgorithm.SHA256 });
        foreach (var (index, part) in parts.Index())
        {
            await s3.UploadPartAsync(new UploadPartRequest
            {
                BucketName = Bucket, Key = key, UploadId = upload.UploadId, PartNumber = index + 1, InputStream = new MemoryStream(part),
                ChecksumSHA256 = Convert.ToBase64String(SHA256.HashData(part)),
            });
        }
    }
}
