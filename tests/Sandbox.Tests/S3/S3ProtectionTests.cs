using System.Globalization;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>What protects objects: Object Lock, keys of customers, KMS, archives.</summary>
public sealed class S3ProtectionTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string Governance = "GOVERNANCE";

    private readonly RawS3 _raw = new(sandbox);

    [Fact]
    public async Task Given_a_retention_period_When_the_version_is_deleted_Then_only_a_bypass_of_governance_deletes_it()
    {
        await _raw.SendAsync("PUT", "/locked", null, "x-amz-bucket-object-lock-enabled", "true");
        var put = await _raw.SendAsync(
            "PUT", "/locked/key", "content", "x-amz-object-lock-mode", Governance, "x-amz-object-lock-retain-until-date", Later(1));
        var version = $"/locked/key?versionId={put.Header("x-amz-version-id")}";

        (await _raw.SendAsync("DELETE", version)).ShouldBe(403, "AccessDenied");
        (await _raw.SendAsync("PUT", version + "&retention", Retention(Governance, 2))).ShouldBe(200);
        (await _raw.SendAsync("PUT", version + "&retention", Retention(Governance, 1))).ShouldBe(403, "AccessDenied");
        (await _raw.SendAsync("PUT", version + "&retention", Retention("COMPLIANCE", 3))).ShouldBe(403, "AccessDenied");
        Assert.Equal(Governance, (await _raw.SendAsync("HEAD", version)).Header("x-amz-object-lock-mode"));
        (await _raw.SendAsync("DELETE", version, null, "x-amz-bypass-governance-retention", "true")).ShouldBe(204);
    }

    [Fact]
    public async Task Given_a_legal_hold_When_the_version_is_deleted_Then_it_stays_until_the_hold_ends()
    {
        await _raw.SendAsync("PUT", "/held", null, "x-amz-bucket-object-lock-enabled", "true");
        var put = await _raw.SendAsync("PUT", "/held/key", "content");
        var version = $"/held/key?versionId={put.Header("x-amz-version-id")}";

        (await _raw.SendAsync("GET", version + "&legal-hold")).ShouldBe(404, "NoSuchObjectLockConfiguration");
        (await _raw.SendAsync("PUT", version + "&legal-hold", "<LegalHold><Status>ON</Status></LegalHold>")).ShouldBe(200);
        (await _raw.SendAsync("DELETE", version, null, "x-amz-bypass-governance-retention", "true")).ShouldBe(403, "AccessDenied");
        (await _raw.SendAsync("PUT", version + "&legal-hold", "<LegalHold><Status>OFF</Status></LegalHold>")).ShouldBe(200);
        (await _raw.SendAsync("DELETE", version)).ShouldBe(204);
    }

    [Fact]
    public async Task Given_a_default_retention_When_an_object_is_written_Then_it_has_it_and_the_bucket_keeps_its_versions()
    {
        await _raw.SendAsync("PUT", "/retained", null, "x-amz-bucket-object-lock-enabled", "true");
        const string Days = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>{0}</Days></DefaultRetention></Rule></ObjectLockConfiguration>";
        (await _raw.SendAsync("PUT", "/retained?object-lock", Days.Replace("{0}", "0", StringComparison.Ordinal))).ShouldBe(400, "InvalidArgument");
        (await _raw.SendAsync("PUT", "/retained?object-lock", Days.Replace("{0}", "3", StringComparison.Ordinal))).ShouldBe(200);

        await _raw.SendAsync("PUT", "/retained/key", "content");

        Assert.Equal("COMPLIANCE", (await _raw.SendAsync("HEAD", "/retained/key")).Header("x-amz-object-lock-mode"));
        (await _raw.SendAsync("PUT", "/retained?versioning", "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>"))
            .ShouldBe(409, "InvalidBucketState");
    }

    [Fact]
    public async Task Given_a_bucket_without_Object_Lock_When_it_is_asked_for_Then_it_is_refused()
    {
        await _raw.SendAsync("PUT", "/unlocked");
        await _raw.SendAsync("PUT", "/unlocked/key", "content");

        (await _raw.SendAsync("PUT", "/unlocked/key", "other", "x-amz-object-lock-legal-hold", "ON")).ShouldBe(400, "InvalidRequest");
        (await _raw.SendAsync("GET", "/unlocked/key?retention")).ShouldBe(400, "InvalidRequest");
        (await _raw.SendAsync("GET", "/unlocked?object-lock")).ShouldBe(404, "ObjectLockConfigurationNotFoundError");
    }

    [Fact]
    public async Task Given_a_customers_key_When_the_object_is_read_Then_only_that_key_gives_it()
    {
        await _raw.SendAsync("PUT", "/customer");
        (await _raw.SendAsync("PUT", "/customer/key", "secret", Key(1))).ShouldBe(403, "AccessDenied");
        (await _raw.SendAsync("PUT", "/customer?encryption", """
            <ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>
            <BlockedEncryptionTypes><EncryptionType>NONE</EncryptionType></BlockedEncryptionTypes></Rule></ServerSideEncryptionConfiguration>
            """)).ShouldBe(200);

        (await _raw.SendAsync("PUT", "/customer/key", "secret", Key(1))).ShouldBe(200);

        Assert.Equal("secret", (await _raw.SendAsync("GET", "/customer/key", null, Key(1))).Text);
        (await _raw.SendAsync("GET", "/customer/key", null, Key(2))).ShouldBe(403, "AccessDenied");
        (await _raw.SendAsync("GET", "/customer/key")).ShouldBe(400, "InvalidRequest");
        (await _raw.SendAsync("PUT", "/customer/copy", null, "x-amz-copy-source", "/customer/key")).ShouldBe(400, "InvalidRequest");
        (await _raw.SendAsync("PUT", "/customer/bad", "x", [.. Key(1)[..4], "x-amz-server-side-encryption-customer-key-MD5", "AAAA"])).ShouldBe(400, "InvalidArgument");
    }

    [Fact]
    public async Task Given_a_KMS_key_that_does_not_exist_When_written_Then_KMS_says_so()
    {
        await _raw.SendAsync("PUT", "/kms");

        (await _raw.SendAsync("PUT", "/kms/key", "x", Kms("arn:aws:kms:us-east-1:000000000000:key/none"))).ShouldBe(400, "KMS.NotFoundException");
        var put = (await _raw.SendAsync("PUT", "/kms/key", "x", Kms("alias/aws/s3"))).ShouldBe(200);

        Assert.StartsWith("arn:aws:kms:us-east-1:000000000000:key/", put.Header("x-amz-server-side-encryption-aws-kms-key-id"), StringComparison.Ordinal);
        Assert.NotEqual($"\"{Convert.ToHexStringLower(Md5.Of("x"u8))}\"", put.Header("ETag"));
    }

    [Fact]
    public async Task Given_a_storage_class_When_written_Then_it_labels_or_archives_or_is_refused()
    {
        await _raw.SendAsync("PUT", "/classes");

        (await _raw.SendAsync("PUT", "/classes/cold", "x", "x-amz-storage-class", "STANDARD_IA")).ShouldBe(200);
        (await _raw.SendAsync("PUT", "/classes/frozen", "x", "x-amz-storage-class", "GLACIER")).ShouldBe(200);
        (await _raw.SendAsync("PUT", "/classes/none", "x", "x-amz-storage-class", "WARM")).ShouldBe(400, "InvalidStorageClass");
        (await _raw.SendAsync("PUT", "/classes/outpost", "x", "x-amz-storage-class", "OUTPOSTS")).ShouldBe(501, "NotImplemented");

        Assert.Equal("STANDARD_IA", (await _raw.SendAsync("HEAD", "/classes/cold")).Header("x-amz-storage-class"));
        (await _raw.SendAsync("GET", "/classes/frozen")).ShouldBe(403, "InvalidObjectState");
    }

    private static string Later(int days) => TimeProvider.System.GetUtcNow().AddDays(days).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Retention(string mode, int days) => $"<Retention><Mode>{mode}</Mode><RetainUntilDate>{Later(days)}</RetainUntilDate></Retention>";

    private static string[] Kms(string key) => ["x-amz-server-side-encryption", "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id", key];

    private static string[] Key(byte fill)
    {
        const string Prefix = "x-amz-server-side-encryption-customer-";
        byte[] key = [.. Enumerable.Repeat(fill, 32)];
        return [Prefix + "algorithm", "AES256", Prefix + "key", Convert.ToBase64String(key), Prefix + "key-MD5", Convert.ToBase64String(Md5.Of(key))];
    }
}
