using System.Security.Cryptography;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>Clients that the project did not write: the aws command line, boto3 and terraform's own S3 backend.</summary>
[Trait("Tier", "all")]
public sealed class ExternalClientTests(SeparateSandbox sandbox) : IClassFixture<SeparateSandbox>
{
    private const int LargeFile = 200 * 1024 * 1024;
    private const long MostMemory = 300L * 1024 * 1024;

    private string Folder { get; } = Directory.CreateDirectory(Path.Combine(sandbox.StateFolder, "clients", Guid.NewGuid().ToString("N"))).FullName;

    [SkippableFact]
    public async Task Given_a_file_of_200_MB_When_aws_copies_it_there_and_back_Then_it_is_the_same_and_the_sandbox_stays_small()
    {
        await RequireAwsAsync("s3 cp of 200 MB");
        var source = Path.Combine(Folder, "large.bin");
        var target = Path.Combine(Folder, "back.bin");
        await WriteLargeAsync(source);

        await AwsAsync("s3", "mb", "s3://large");
        await AwsAsync("s3", "cp", "--no-progress", source, "s3://large/large.bin");
        var head = JsonNode.Parse(await AwsAsync("s3api", "head-object", "--bucket", "large", "--key", "large.bin"))!;
        await AwsAsync("s3", "cp", "--no-progress", "s3://large/large.bin", target);

        Assert.Matches("-[0-9]+\"$", (string)head["ETag"]!);
        Assert.Equal(await HashAsync(source), await HashAsync(target));
        Assert.InRange(PeakMemory(), 1, MostMemory);
    }

    [SkippableFact]
    public async Task Given_a_folder_When_aws_syncs_it_Then_only_changes_travel_and_deletions_follow()
    {
        await RequireAwsAsync("s3 sync");
        var source = Directory.CreateDirectory(Path.Combine(Folder, "tree", "sub dir")).Parent!.FullName;
        await File.WriteAllTextAsync(Path.Combine(source, "one.txt"), "1");
        await File.WriteAllTextAsync(Path.Combine(source, "sub dir", "zwei ä.txt"), "2");

        await AwsAsync("s3", "mb", "s3://synced");
        var first = await AwsAsync("s3", "sync", "--no-progress", source, "s3://synced/tree");
        var second = await AwsAsync("s3", "sync", "--no-progress", source, "s3://synced/tree");
        File.Delete(Path.Combine(source, "one.txt"));
        var third = await AwsAsync("s3", "sync", "--no-progress", "--delete", source, "s3://synced/tree");
        var target = Path.Combine(Folder, "fetched");
        await AwsAsync("s3", "sync", "--no-progress", "s3://synced/tree", target);

        Assert.Equal(2, first.Split('\n').Count(line => line.StartsWith("upload:", StringComparison.Ordinal)));
        Assert.Equal("", second.Trim());
        Assert.StartsWith("delete:", third, StringComparison.Ordinal);
        Assert.Equal("2", await File.ReadAllTextAsync(Path.Combine(target, "sub dir", "zwei ä.txt")));
        Assert.False(File.Exists(Path.Combine(target, "one.txt")));
    }

    [SkippableFact]
    public async Task Given_a_key_that_is_there_When_aws_puts_it_if_absent_Then_it_is_refused()
    {
        await RequireAwsAsync("s3api put-object --if-none-match");
        await AwsAsync("s3", "mb", "s3://conditional");
        string[] put = ["s3api", "put-object", "--bucket", "conditional", "--key", "lease", "--if-none-match", "*"];
        await AwsAsync(put);

        var (exitCode, _, errors) = await ExternalTool.RunAsync("aws", put, sandbox.ClientEnvironment());

        Assert.NotEqual(0, exitCode);
        Assert.Contains("PreconditionFailed", errors, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Given_the_sandbox_When_aws_asks_who_it_is_Then_it_is_the_only_user()
    {
        await RequireAwsAsync("sts get-caller-identity");

        var identity = JsonNode.Parse(await AwsAsync("sts", "get-caller-identity", "--output", "json"))!;

        Assert.Equal("000000000000", (string?)identity["Account"]);
    }

    [SkippableFact]
    public async Task Given_boto3_When_it_uses_objects_Then_checksums_conditions_versions_and_pages_work()
    {
        Skip.IfNot(await ExternalTool.WorksAsync("python3", "-c", "import boto3"), "Skipped boto3 against the sandbox's S3: python3 with boto3 is not installed.");
        var script = Path.Combine(Folder, "client.py");
        await File.WriteAllTextAsync(script, Boto3Script);

        var (exitCode, output, errors) = await ExternalTool.RunAsync("python3", [script], sandbox.ClientEnvironment());

        Assert.True(exitCode == 0, output + errors);
        Assert.Equal("done", output.Trim());
    }

    [SkippableFact]
    public async Task Given_terraforms_S3_backend_with_a_lock_file_When_applied_Then_state_is_in_the_sandbox_and_a_held_lock_refuses()
    {
        Skip.IfNot(
            await ExternalTool.WorksAsync("terraform", "version"), "Skipped terraform's s3 backend against the sandbox: terraform is not installed.");
        await File.WriteAllTextAsync(Path.Combine(Folder, "main.tf"), TerraformConfiguration);
        using var s3 = sandbox.CreateS3();

        await TerraformAsync("init", "-input=false", "-no-color");
        await TerraformAsync("apply", "-auto-approve", "-input=false", "-no-color");
        var state = (await s3.ListObjectsV2Async(new() { BucketName = "sandbox-terraform-state" })).S3Objects.Select(found => found.Key);
        Assert.Equal(["tests/terraform.tfstate"], state);
        Assert.Equal("\"kept\"", (await TerraformAsync("output", "-no-color", "kept")).Trim());

        await s3.PutObjectAsync(new()
        {
            BucketName = "sandbox-terraform-state", Key = "tests/terraform.tfstate.tflock",
            ContentBody = """{"ID":"1","Operation":"OperationTypeApply","Who":"someone","Version":"1.11.4","Created":"2026-01-01T00:00:00Z","Path":"x"}""",
        });
        var (exitCode, _, errors) = await ExternalTool.RunAsync(
            "terraform", ["apply", "-auto-approve", "-input=false", "-no-color"], TerraformEnvironment(), Folder);

        Assert.Equal(1, exitCode);
        Assert.Contains("Error acquiring the state lock", errors, StringComparison.Ordinal);
        Assert.Contains("someone", errors, StringComparison.Ordinal);
    }

    private const string TerraformConfiguration = """
        terraform {
          backend "s3" {
            bucket                      = "sandbox-terraform-state"
            key                         = "tests/terraform.tfstate"
            region                      = "us-east-1"
            use_lockfile                = true
            use_path_style              = true
            skip_credentials_validation = true
            skip_metadata_api_check     = true
            skip_region_validation      = true
            skip_requesting_account_id  = true
          }
        }
        resource "terraform_data" "kept" {
          input = "kept"
        }
        output "kept" {
          value = terraform_data.kept.output
        }
        """;

    private const string Boto3Script = """
        import boto3
        from botocore.exceptions import ClientError

        s3 = boto3.client("s3", config=boto3.session.Config(s3={"addressing_style": "path"}))
        def code(call, **arguments):
            try:
                call(**arguments)
            except ClientError as error:
                return error.response["Error"]["Code"]
        s3.create_bucket(Bucket="boto3")
        s3.create_bucket(Bucket="boto3")
        assert code(s3.get_bucket_policy, Bucket="boto3") == "NoSuchBucketPolicy"
        s3.put_object(Bucket="boto3", Key="a b/ü", Body=b"content", Metadata={"run": "1"}, ChecksumAlgorithm="SHA256")
        got = s3.get_object(Bucket="boto3", Key="a b/ü", ChecksumMode="ENABLED")
        assert got["Body"].read() == b"content" and got["Metadata"] == {"run": "1"} and got["ChecksumSHA256"]
        assert s3.get_object(Bucket="boto3", Key="a b/ü", Range="bytes=1-3")["Body"].read() == b"ont"
        assert code(s3.get_object, Bucket="boto3", Key="none") == "NoSuchKey"
        assert code(s3.head_object, Bucket="boto3", Key="none") == "404"
        assert code(s3.put_object, Bucket="boto3", Key="a b/ü", Body=b"x", IfNoneMatch="*") == "PreconditionFailed"
        assert code(s3.put_object, Bucket="boto3", Key="bad", Body=b"x", ChecksumCRC32="AAAAAA==") == "BadDigest"
        for number in range(12):
            s3.put_object(Bucket="boto3", Key=f"pages/{number:02}", Body=b"")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket="boto3", PaginationConfig={"PageSize": 5})
        keys = [found["Key"] for page in pages for found in page["Contents"]]
        assert keys == ["a b/ü"] + [f"pages/{number:02}" for number in range(12)], keys
        s3.put_bucket_versioning(Bucket="boto3", VersioningConfiguration={"Status": "Enabled"})
        s3.put_object(Bucket="boto3", Key="a b/ü", Body=b"newer")
        versions = s3.list_object_versions(Bucket="boto3", Prefix="a b/")["Versions"]
        assert [version["IsLatest"] for version in versions] == [True, False] and versions[1]["VersionId"] == "null"
        s3.copy_object(Bucket="boto3", Key="copy", CopySource={"Bucket": "boto3", "Key": "a b/ü", "VersionId": "null"})
        assert s3.get_object(Bucket="boto3", Key="copy")["Body"].read() == b"content"
        upload = s3.create_multipart_upload(Bucket="boto3", Key="parts", ChecksumAlgorithm="CRC32")["UploadId"]
        part = s3.upload_part(Bucket="boto3", Key="parts", UploadId=upload, PartNumber=1, Body=b"part", ChecksumAlgorithm="CRC32")
        done = s3.complete_multipart_upload(Bucket="boto3", Key="parts", UploadId=upload, IfNoneMatch="*", MultipartUpload={
            "Parts": [{"PartNumber": 1, "ETag": part["ETag"], "ChecksumCRC32": part["ChecksumCRC32"]}]})
        assert done["ETag"].endswith('-1"') and done["ChecksumType"] == "COMPOSITE"
        boto3.resource("s3").Bucket("boto3").object_versions.delete()
        s3.delete_bucket(Bucket="boto3")
        print("done")
        """;

    private static readonly Lazy<Task<bool>> HasAws = new(() => ExternalTool.WorksAsync("aws", "--version"));

    private static async Task RequireAwsAsync(string what) =>
        Skip.IfNot(await HasAws.Value, $"Skipped {what} against the sandbox: the aws command line is not installed.");

    private async Task<string> AwsAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await ExternalTool.RunAsync("aws", arguments, sandbox.ClientEnvironment());
        Assert.True(exitCode == 0, $"aws {string.Join(' ', arguments)}: {errors}");
        return output;
    }

    private async Task<string> TerraformAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await ExternalTool.RunAsync("terraform", arguments, TerraformEnvironment(), Folder);
        Assert.True(exitCode == 0, $"terraform {string.Join(' ', arguments)}: {output}{errors}");
        return output;
    }

    private Dictionary<string, string> TerraformEnvironment() => new(sandbox.ClientEnvironment()) { ["CHECKPOINT_DISABLE"] = "1" };

    /// <summary>The greatest resident set that the sandbox process has had, in bytes.</summary>
    private long PeakMemory()
    {
        using var process = System.Diagnostics.Process.GetProcessById(sandbox.Running.Pid);
        return process.PeakWorkingSet64 > 0 ? process.PeakWorkingSet64 : process.WorkingSet64;
    }

    private static async Task WriteLargeAsync(string path)
    {
        var random = new Random(1);
        var block = new byte[1024 * 1024];
        await using var file = File.Create(path);
        for (var written = 0; written < LargeFile; written += block.Length)
        {
            random.NextBytes(block);
            await file.WriteAsync(block);
        }
    }

    private static async Task<string> HashAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexString(await SHA256.HashDataAsync(file));
    }
}
