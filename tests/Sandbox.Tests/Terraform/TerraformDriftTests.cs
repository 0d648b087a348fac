using System.Text.Json.Nodes;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Sandbox.Tests.Support;
using Tag = Amazon.S3.Model.Tag;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>Tags and settings: what terraform says reaches the services, and what any client does there is seen by the next plan.</summary>
public sealed class TerraformDriftTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string Bucket = "drift-artifacts";
    private const string Key = "notes/a.txt";
    private const string Group = "drift-group";

    [SkippableFact]
    public async Task Given_what_terraform_made_When_clients_change_it_Then_the_plan_puts_it_back_and_leaves_ignored_tags()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "drift");
        using var s3 = sandbox.CreateS3();
        await terraform.ApplyAsync();
        await DefaultTagsAreThereAsync(s3);

        await ChangeAsync(s3);
        var seen = await terraform.PlanAsync();
        await terraform.RunAsync("apply", "-input=false", "saved.tfplan");
        var bucketTags = await BucketTagsAsync(s3);
        var objectTags = await s3.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = Bucket, Key = Key });
        var encryption = await s3.GetBucketEncryptionAsync(new GetBucketEncryptionRequest { BucketName = Bucket });
        var lifecycle = await s3.GetLifecycleConfigurationAsync(Bucket);
        var group = await DescribeGroupAsync();
        await terraform.PlanFindsNoChangesAsync();
        await terraform.DestroyAsync();

        string[] expected =
        [
            "aws_cloudwatch_log_group.a: update", "aws_s3_bucket.a: update", "aws_s3_bucket_lifecycle_configuration.a: update",
            "aws_s3_bucket_ownership_controls.a: update", "aws_s3_bucket_policy.a: create", "aws_s3_bucket_public_access_block.a: update",
            "aws_s3_bucket_server_side_encryption_configuration.a: update", "aws_s3_bucket_versioning.a: update", "aws_s3_object.a: update",
        ];
        Assert.Equal(expected, ActionsOf(seen));
        Assert.Equal("operations", bucketTags["ops:owner"]);
        Assert.Equal("resource", bucketTags["owner"]);
        Assert.DoesNotContain("stray", bucketTags.Keys);
        Assert.Equal("tests", objectTags.Tagging.Single(tag => tag.Key == "team").Value);
        Assert.Equal(
            "AES256",
            encryption.ServerSideEncryptionConfiguration.ServerSideEncryptionRules[0].ServerSideEncryptionByDefault.ServerSideEncryptionAlgorithm.Value);
        Assert.Equal(30, Assert.Single(lifecycle.Configuration.Rules).Expiration.Days);
        Assert.Equal(14, (int)group["retentionInDays"]!);
    }

    [SkippableFact]
    public async Task Given_what_terraform_made_When_clients_delete_it_Then_the_plan_makes_it_again()
    {
        using var terraform = await TerraformFolder.OfTextAsync(sandbox, $$"""
            resource "aws_s3_bucket" "a" { bucket = "{{Bucket}}-deleted" }
            resource "aws_cloudwatch_log_group" "a" { name = "{{Group}}-deleted" }
            """);
        using var s3 = sandbox.CreateS3();
        await terraform.ApplyAsync();

        await s3.DeleteBucketAsync($"{Bucket}-deleted");
        await sandbox.CallLogsAsync("DeleteLogGroup", new JsonObject { ["logGroupName"] = $"{Group}-deleted" });
        var seen = ActionsOf(await terraform.PlanAsync());
        await terraform.DestroyAsync();

        Assert.Equal(["aws_cloudwatch_log_group.a: create", "aws_s3_bucket.a: create"], seen);
    }

    private async Task DefaultTagsAreThereAsync(AmazonS3Client s3)
    {
        Assert.Equal(new Dictionary<string, string> { ["team"] = "tests", ["owner"] = "resource" }, await BucketTagsAsync(s3));
        var tags = await s3.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = Bucket, Key = Key });
        Assert.Equal(["kind=note", "owner=provider", "team=tests"], tags.Tagging.Select(tag => $"{tag.Key}={tag.Value}").Order());

        using var ec2 = new AmazonEC2Client(
            SandboxFixture.Credentials, new AmazonEC2Config { ServiceURL = sandbox.Url.ToString(), AuthenticationRegion = "us-east-1" });
        var described = await ec2.DescribeTagsAsync(new DescribeTagsRequest { Filters = [new Amazon.EC2.Model.Filter("key", ["team"])] });
        Assert.Equal("vpc", Assert.Single(described.Tags).ResourceType.Value);
    }

    private async Task ChangeAsync(AmazonS3Client s3)
    {
        await s3.PutBucketTaggingAsync(Bucket, [new Tag { Key = "stray", Value = "1" }, new Tag { Key = "ops:owner", Value = "operations" }]);
        await s3.PutObjectTaggingAsync(new PutObjectTaggingRequest { BucketName = Bucket, Key = Key, Tagging = new Tagging { TagSet = [] } });
        await s3.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = Bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Suspended },
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
                        ServerSideEncryptionByDefault = new ServerSideEncryptionByDefault { ServerSideEncryptionAlgorithm = ServerSideEncryptionMethod.AWSKMS },
                    },
                ],
            },
        });
        await s3.PutPublicAccessBlockAsync(new PutPublicAccessBlockRequest
        {
            BucketName = Bucket, PublicAccessBlockConfiguration = new PublicAccessBlockConfiguration { BlockPublicAcls = false },
        });
        await s3.PutBucketOwnershipControlsAsync(new PutBucketOwnershipControlsRequest
        {
            BucketName = Bucket,
            OwnershipControls = new OwnershipControls { Rules = [new OwnershipControlsRule { ObjectOwnership = ObjectOwnership.BucketOwnerPreferred }] },
        });
        await s3.PutLifecycleConfigurationAsync(Bucket, new LifecycleConfiguration
        {
            Rules =
            [
                new LifecycleRule
                {
                    Id = "other", Status = LifecycleRuleStatus.Disabled, Expiration = new LifecycleRuleExpiration { Days = 9 },
                    Filter = new LifecycleFilter { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = "tmp/" } },
                },
            ],
        });
        await s3.DeleteBucketPolicyAsync(Bucket);
        await sandbox.CallLogsAsync("PutRetentionPolicy", new JsonObject { ["logGroupName"] = Group, ["retentionInDays"] = 3 });
    }

    private async Task<JsonNode> DescribeGroupAsync() =>
        (await sandbox.CallLogsAsync("DescribeLogGroups", new JsonObject { ["logGroupNamePrefix"] = Group }))["logGroups"]![0]!;

    private static async Task<Dictionary<string, string>> BucketTagsAsync(AmazonS3Client s3) =>
        (await s3.GetBucketTaggingAsync(new GetBucketTaggingRequest { BucketName = Bucket })).TagSet.ToDictionary(tag => tag.Key, tag => tag.Value);

    private static IEnumerable<string> ActionsOf(JsonNode plan) => plan["resource_changes"]!.AsArray()
        .Select(change => $"{change!["address"]}: {string.Join(',', change["change"]!["actions"]!.AsArray().Select(action => (string)action!))}")
        .Where(change => !change.EndsWith(": no-op", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
