using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>What terraform does to buckets is there in the sandbox's S3, and the other way round.</summary>
public sealed class BucketEffectsTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string Bucket = "fixture-artifacts";

    [SkippableFact]
    public async Task Given_an_applied_bucket_When_asked_over_S3_Then_its_settings_and_objects_are_there()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "storage");
        using var s3 = sandbox.CreateS3();
        await terraform.ApplyAsync();

        var versioning = await s3.GetBucketVersioningAsync(Bucket);
        var encryption = await s3.GetBucketEncryptionAsync(new GetBucketEncryptionRequest { BucketName = Bucket });
        var lifecycle = await s3.GetLifecycleConfigurationAsync(Bucket);
        var access = await s3.GetPublicAccessBlockAsync(new GetPublicAccessBlockRequest { BucketName = Bucket });
        var policy = await s3.GetBucketPolicyAsync(Bucket);
        var tags = await s3.GetBucketTaggingAsync(new GetBucketTaggingRequest { BucketName = Bucket });
        var readme = await s3.GetObjectAsync(Bucket, "docs/readme.txt");
        await terraform.DestroyAsync();

        Assert.Equal(VersionStatus.Enabled, versioning.VersioningConfig.Status);
        var rule = Assert.Single(encryption.ServerSideEncryptionConfiguration.ServerSideEncryptionRules);
        Assert.Equal("aws:kms", rule.ServerSideEncryptionByDefault.ServerSideEncryptionAlgorithm.Value);
        Assert.Equal(["old-versions", "uploads"], lifecycle.Configuration.Rules.Select(item => item.Id));
        Assert.Equal(30, lifecycle.Configuration.Rules[0].NoncurrentVersionExpiration.NoncurrentDays);
        Assert.Equal(7, lifecycle.Configuration.Rules[1].AbortIncompleteMultipartUpload.DaysAfterInitiation);
        Assert.True(access.PublicAccessBlockConfiguration.BlockPublicPolicy);
        Assert.Contains("aws:SecureTransport", policy.Policy, StringComparison.Ordinal);
        Assert.Contains(tags.TagSet, tag => tag is { Key: "team", Value: "tests" });
        Assert.Equal("text/plain", readme.Headers.ContentType);
        Assert.Equal("terraform", readme.Metadata["origin"]);
        Assert.Equal("first", await new StreamReader(readme.ResponseStream).ReadToEndAsync());
    }

    [SkippableFact]
    public async Task Given_a_bucket_with_objects_When_destroyed_Then_only_force_destroy_empties_it()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "storage");
        using var s3 = sandbox.CreateS3();
        await terraform.ApplyAsync("-var=force_destroy=false");
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "runs/1/record.json", ContentBody = "{}" });

        var (exitCode, output) = await terraform.TryAsync("destroy", "-auto-approve", "-var=force_destroy=false");
        Assert.Equal(1, exitCode);
        Assert.Contains("BucketNotEmpty", output, StringComparison.Ordinal);
        Assert.NotNull(await s3.GetObjectMetadataAsync(Bucket, "runs/1/record.json"));

        await terraform.ApplyAsync("-var=force_destroy=true");
        await terraform.DestroyAsync("-var=force_destroy=true");
        Assert.DoesNotContain((await s3.ListBucketsAsync()).Buckets ?? [], bucket => bucket.BucketName == Bucket);
    }

    [SkippableFact]
    public async Task Given_a_bucket_deleted_without_terraform_When_planned_Then_it_and_its_settings_are_created_again()
    {
        using var terraform = await TerraformFolder.OfTextAsync(sandbox, """
            resource "aws_s3_bucket" "gone" { bucket = "fixture-gone" }

            resource "aws_s3_bucket_versioning" "gone" {
              bucket = aws_s3_bucket.gone.bucket
              versioning_configuration { status = "Enabled" }
            }
            """);
        using var s3 = sandbox.CreateS3();
        await terraform.ApplyAsync();
        await s3.DeleteBucketAsync("fixture-gone");

        var actions = await terraform.PlanActionsAsync();
        await terraform.ApplyAsync();
        await terraform.PlanFindsNoChangesAsync();
        await terraform.DestroyAsync();

        Assert.Equal("create", actions["aws_s3_bucket.gone"]);
        Assert.Equal("create", actions["aws_s3_bucket_versioning.gone"]);
    }

    [SkippableFact]
    public async Task Given_versioning_suspended_without_terraform_When_planned_Then_terraform_would_enable_it_again()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "storage");
        using var s3 = sandbox.CreateS3();
        await terraform.ApplyAsync();
        await s3.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = Bucket,
            VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Suspended },
        });

        var actions = await terraform.PlanActionsAsync();
        await terraform.DestroyAsync();

        Assert.Equal(["aws_s3_bucket_versioning.artifacts"], actions.Keys);
        Assert.Equal("update", actions["aws_s3_bucket_versioning.artifacts"]);
    }

    [SkippableFact]
    public async Task Given_an_object_When_its_content_changes_Then_its_etag_is_unknown_in_the_plan_and_new_after_apply()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "storage");
        await terraform.ApplyAsync();
        var before = (await terraform.OutputAsync("etag")).GetString();

        var plan = await terraform.PlanAsync("-var=content=second");
        await terraform.ApplyAsync("-var=content=second");
        var after = (await terraform.OutputAsync("etag")).GetString();
        await terraform.PlanFindsNoChangesAsync("-var=content=second");
        await terraform.DestroyAsync();

        var change = plan["resource_changes"]!.AsArray().Single(item => (string)item!["address"]! == "aws_s3_object.readme")!["change"]!;
        Assert.True((bool)change["after_unknown"]!["etag"]!);
        Assert.NotEqual(before, after);
    }

    [SkippableFact]
    public async Task Given_a_policy_in_other_words_When_planned_Then_there_are_no_changes()
    {
        const string Template = """
            resource "aws_s3_bucket" "main" { bucket = "fixture-worded" }

            resource "aws_s3_bucket_policy" "main" {
              bucket = aws_s3_bucket.main.bucket
              policy = <<-JSON
                POLICY
              JSON
            }
            """;
        using var terraform = await TerraformFolder.OfTextAsync(sandbox, Template.Replace(
            "POLICY", """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":["s3:Put*","s3:Get*"],"Resource":["arn:aws:s3:::fixture-worded/*"]}]}""", StringComparison.Ordinal));
        await terraform.ApplyAsync();

        terraform.Write(Template.Replace(
            "POLICY", """{"Statement":{"Action":["s3:Get*","s3:Put*"],"Effect":"Deny","Principal":"*","Resource":"arn:aws:s3:::fixture-worded/*"},"Version":"2012-10-17"}""", StringComparison.Ordinal));
        await terraform.PlanFindsNoChangesAsync();
        terraform.Write(Template.Replace(
            "POLICY", """{"Version":"2012-10-17","Statement":{"Action":"s3:Get*","Effect":"Deny","Principal":"*","Resource":"arn:aws:s3:::fixture-worded/*"}}""",
            StringComparison.Ordinal));
        var actions = await terraform.PlanActionsAsync();
        await terraform.DestroyAsync();

        Assert.Equal("update", Assert.Single(actions).Value);
    }
}
