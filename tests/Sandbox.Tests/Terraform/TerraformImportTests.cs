using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>Terraform takes over what any client created, and finds nothing if nothing is.</summary>
public sealed class TerraformImportTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string Bucket = "made-by-a-client";

    [SkippableFact]
    public async Task Given_what_clients_created_When_imported_Then_the_plan_imports_all_and_changes_nothing()
    {
        using var s3 = sandbox.CreateS3();
        await CreateAsync(s3);
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "imported");

        var plan = await terraform.PlanAsync();
        await terraform.RunAsync("apply", "-input=false", "saved.tfplan");
        await terraform.PlanFindsNoChangesAsync();
        await terraform.DestroyAsync();

        var changes = plan["resource_changes"]!.AsArray().Select(change => change!["change"]!).ToList();
        Assert.Equal(9, changes.Count(change => change["importing"] is not null));
        Assert.All(changes, change => Assert.Equal("no-op", (string)Assert.Single(change["actions"]!.AsArray())!));
        Assert.DoesNotContain((await s3.ListBucketsAsync()).Buckets ?? [], bucket => bucket.BucketName == Bucket);
    }

    [SkippableFact]
    public async Task Given_ids_of_nothing_When_imported_Then_each_is_said_not_to_exist()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "missing");

        var (exitCode, output) = await terraform.TryAsync("plan", "-input=false", "-json");

        Assert.Equal(1, exitCode);
        Assert.Equal(
            ["aws_cloudwatch_log_group.a", "aws_kms_key.a", "aws_s3_bucket.a", "aws_s3_bucket_versioning.a", "aws_s3_object.a", "aws_vpc.a"],
            TerraformFolder.DiagnosticsOf(output).Where(error => (string)error["summary"]! == "Cannot import non-existent remote object")
                .Select(error => ((string)error["detail"]!).Split('"')[1]).Order());
    }

    private async Task CreateAsync(AmazonS3Client s3)
    {
        await s3.PutBucketAsync(Bucket);
        await s3.PutBucketTaggingAsync(Bucket, [new Tag { Key = "made", Value = "by-hand" }]);
        await s3.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = Bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
        });
        await s3.PutBucketEncryptionAsync(new PutBucketEncryptionRequest
        {
            BucketName = Bucket,
            ServerSideEncryptionConfiguration = new ServerSideEncryptionConfiguration
            {
                ServerSideEncryptionRules =
                [
                    new ServerSideEncryptionRule
                    {
                        ServerSideEncryptionByDefault = new ServerSideEncryptionByDefault { ServerSideEncryptionAlgorithm = ServerSideEncryptionMethod.AES256 },
                    },
                ],
            },
        });
        await s3.PutLifecycleConfigurationAsync(Bucket, new LifecycleConfiguration
        {
            Rules =
            [
                new LifecycleRule
                {
                    Id = "old", Status = LifecycleRuleStatus.Enabled,
                    NoncurrentVersionExpiration = new LifecycleRuleNoncurrentVersionExpiration { NoncurrentDays = 30 },
                    Filter = new LifecycleFilter { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = "runs/" } },
                },
            ],
        });
        await s3.PutBucketPolicyAsync(
            Bucket,
            """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::made-by-a-client/closed/*"}]}""");
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "a/b.txt", ContentBody = "b", ContentType = "text/plain" });
        await sandbox.CallLogsAsync("CreateLogGroup", new JsonObject { ["logGroupName"] = Bucket });
        await sandbox.CallLogsAsync("PutRetentionPolicy", new JsonObject { ["logGroupName"] = Bucket, ["retentionInDays"] = 7 });
    }
}
