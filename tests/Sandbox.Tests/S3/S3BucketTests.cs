using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>Buckets, settings, listings, versions and deletions, with the published client. Each test has its own bucket.</summary>
public sealed class S3BucketTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>, IDisposable
{
    private readonly AmazonS3Client _s3 = sandbox.CreateS3();

    [Fact]
    public async Task Given_a_bucket_When_its_life_goes_by_Then_each_step_answers_as_S3()
    {
        await _s3.PutBucketAsync("life");
        await PutAsync("life", "key");

        Assert.Contains((await _s3.ListBucketsAsync()).Buckets, bucket => bucket.BucketName == "life");
        await _s3.PutBucketAsync("life");
        Assert.Equal("InvalidBucketName", (await FailAsync(() => _s3.PutBucketAsync("Life_1"))).ErrorCode);
        var location = (await _s3.GetBucketLocationAsync(new GetBucketLocationRequest { BucketName = "life" })).Location;
        Assert.True(string.IsNullOrEmpty(location?.Value));
        Assert.Equal("BucketNotEmpty", (await FailAsync(() => _s3.DeleteBucketAsync("life"))).ErrorCode);
        await _s3.DeleteObjectAsync("life", "key");
        await _s3.DeleteBucketAsync("life");
        Assert.Equal("NoSuchBucket", (await FailAsync(() => PutAsync("life", "key"))).ErrorCode);
        Assert.Equal(HttpStatusCode.NotFound, (await FailAsync(() => _s3.GetObjectMetadataAsync("life", "key"))).StatusCode);
    }

    [Fact]
    public async Task Given_settings_When_put_Then_they_are_read_back_and_absent_ones_have_S3s_errors()
    {
        await _s3.PutBucketAsync("settings");
        const string Policy =
            """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::settings/none"}]}""";

        await _s3.PutBucketPolicyAsync("settings", Policy);
        await _s3.PutLifecycleConfigurationAsync("settings", new LifecycleConfiguration
        {
            Rules =
            [
                new LifecycleRule
                {
                    Id = "old", Status = LifecycleRuleStatus.Enabled, Expiration = new LifecycleRuleExpiration { Days = 30 },
                    Filter = new LifecycleFilter { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = "" } },
                },
            ],
        });

        Assert.Equal(Policy, (await _s3.GetBucketPolicyAsync("settings")).Policy);
        Assert.Equal(30, (await _s3.GetLifecycleConfigurationAsync("settings")).Configuration.Rules[0].Expiration.Days);
        Assert.True((await _s3.GetPublicAccessBlockAsync(new GetPublicAccessBlockRequest { BucketName = "settings" }))
            .PublicAccessBlockConfiguration.BlockPublicAcls);
        Assert.Equal(
            ServerSideEncryptionMethod.AES256,
            (await _s3.GetBucketEncryptionAsync(new GetBucketEncryptionRequest { BucketName = "settings" })).ServerSideEncryptionConfiguration
                .ServerSideEncryptionRules[0].ServerSideEncryptionByDefault.ServerSideEncryptionAlgorithm);
        await _s3.DeletePublicAccessBlockAsync(new DeletePublicAccessBlockRequest { BucketName = "settings" });
        Assert.Equal(
            "NoSuchPublicAccessBlockConfiguration",
            (await FailAsync(() => _s3.GetPublicAccessBlockAsync(new GetPublicAccessBlockRequest { BucketName = "settings" }))).ErrorCode);
        Assert.Equal("MalformedPolicy", (await FailAsync(() => _s3.PutBucketPolicyAsync("settings", "no JSON"))).ErrorCode);
    }

    [Fact]
    public async Task Given_default_KMS_encryption_When_written_Then_the_answer_names_the_key()
    {
        await _s3.PutBucketAsync("encrypted");
        await _s3.PutBucketEncryptionAsync(new PutBucketEncryptionRequest
        {
            BucketName = "encrypted",
            ServerSideEncryptionConfiguration = new ServerSideEncryptionConfiguration
            {
                ServerSideEncryptionRules =
                [
                    new ServerSideEncryptionRule
                    {
                        ServerSideEncryptionByDefault = new ServerSideEncryptionByDefault
                        {
                            ServerSideEncryptionAlgorithm = ServerSideEncryptionMethod.AWSKMS, ServerSideEncryptionKeyManagementServiceKeyId = "alias/aws/s3",
                        },
                        BucketKeyEnabled = true,
                    },
                ],
            },
        });

        var put = await PutAsync("encrypted", "key");

        Assert.Equal(ServerSideEncryptionMethod.AWSKMS, put.ServerSideEncryptionMethod);
        Assert.StartsWith("arn:aws:kms:us-east-1:000000000000:key/", put.ServerSideEncryptionKeyManagementServiceKeyId, StringComparison.Ordinal);
        Assert.True((await _s3.GetObjectMetadataAsync("encrypted", "key")).BucketKeyEnabled);
    }

    [Fact]
    public async Task Given_25_keys_When_listed_in_pages_of_10_Then_both_listings_give_all_in_order()
    {
        await _s3.PutBucketAsync("pages");
        var keys = Enumerable.Range(0, 25).Select(number => $"k/{number:D2}").ToList();
        foreach (var key in keys)
        {
            await PutAsync("pages", key);
        }

        var second = new List<string>();
        await foreach (var found in _s3.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = "pages", MaxKeys = 10 }).S3Objects)
        {
            second.Add(found.Key);
        }

        var first = new List<string>();
        await foreach (var page in _s3.Paginators.ListObjects(new ListObjectsRequest { BucketName = "pages", MaxKeys = 10 }).Responses)
        {
            first.AddRange(page.S3Objects.Select(found => found.Key));
        }

        Assert.Equal(keys, second);
        Assert.Equal(keys, first);
        var after = await _s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "pages", StartAfter = "k/22" });
        Assert.Equal(["k/23", "k/24"], after.S3Objects.Select(found => found.Key));
    }

    [Fact]
    public async Task Given_folders_When_listed_with_a_delimiter_Then_they_are_common_prefixes()
    {
        await _s3.PutBucketAsync("folders");
        foreach (var key in new[] { "a/1", "a/2", "b/1", "top" })
        {
            await PutAsync("folders", key);
        }

        var listed = await _s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "folders", Delimiter = "/" });

        Assert.Equal(["a/", "b/"], listed.CommonPrefixes);
        Assert.Equal("top", Assert.Single(listed.S3Objects).Key);
        Assert.Equal(3, listed.KeyCount);
    }

    [Fact]
    public async Task Given_versions_When_deleted_Then_markers_and_versions_are_listed_and_can_be_purged()
    {
        await _s3.PutBucketAsync("versions");
        await _s3.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = "versions", VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
        });
        var first = await PutAsync("versions", "key", "1");
        await PutAsync("versions", "key", "2");
        var marker = await _s3.DeleteObjectAsync("versions", "key");

        var listed = await _s3.ListVersionsAsync("versions");
        using var old = await _s3.GetObjectAsync("versions", "key", first.VersionId);
        using var reader = new StreamReader(old.ResponseStream);

        Assert.Equal("true", marker.DeleteMarker);
        Assert.Equal(3, listed.Versions.Count);
        Assert.Equal([true, false, false], listed.Versions.Select(version => version.IsDeleteMarker ?? false));
        Assert.Equal("1", await reader.ReadToEndAsync());
        Assert.Equal("NoSuchKey", (await FailAsync(() => _s3.GetObjectAsync("versions", "key"))).ErrorCode);
        await _s3.DeleteObjectsAsync(new DeleteObjectsRequest
        {
            BucketName = "versions",
            Objects = [.. listed.Versions.Select(version => new KeyVersion { Key = version.Key, VersionId = version.VersionId })],
        });
        await _s3.DeleteBucketAsync("versions");
    }

    [Fact]
    public async Task Given_many_keys_When_deleted_at_once_Then_absent_ones_are_no_error()
    {
        await _s3.PutBucketAsync("deletions");
        await PutAsync("deletions", "here & <there>");

        var outcome = await _s3.DeleteObjectsAsync(new DeleteObjectsRequest
        {
            BucketName = "deletions", Objects = [new KeyVersion { Key = "here & <there>" }, new KeyVersion { Key = "absent" }],
        });

        Assert.Equal(2, outcome.DeletedObjects.Count);
        Assert.Null((await _s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "deletions" })).S3Objects);
    }

    [Fact]
    public async Task Given_an_operation_that_is_not_there_When_asked_Then_it_is_not_implemented()
    {
        await _s3.PutBucketAsync("missing");

        var error = await FailAsync(() => _s3.ListBucketInventoryConfigurationsAsync(new ListBucketInventoryConfigurationsRequest { BucketName = "missing" }));

        Assert.Equal((HttpStatusCode.NotImplemented, "NotImplemented"), (error.StatusCode, error.ErrorCode));
    }

    public void Dispose() => _s3.Dispose();

    private static Task<AmazonS3Exception> FailAsync(Func<Task> action) => Assert.ThrowsAnyAsync<AmazonS3Exception>(action);

    private Task<PutObjectResponse> PutAsync(string bucket, string key, string content = "content") =>
        _s3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = key, ContentBody = content });
}
