using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>Setting documents that S3 refuses, and settings with effects.</summary>
public sealed class S3SettingTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string Rule = "<Status>Enabled</Status><Filter/>";

    private readonly RawS3 _raw = new(sandbox);

    [Theory]
    [InlineData("versioning", "<VersioningConfiguration><Status>enabled</Status></VersioningConfiguration>", "MalformedXML")]
    [InlineData("versioning", "<VersioningConfiguration/>", "IllegalVersioningConfigurationException")]
    [InlineData("versioning", "<Versioning><Status>Enabled</Status></Versioning>", "MalformedXML")]
    [InlineData("versioning", "<VersioningConfiguration><Status>", "MalformedXML")]
    [InlineData("versioning", "<VersioningConfiguration><Status>Enabled</Status><Other/></VersioningConfiguration>", "MalformedXML")]
    [InlineData("encryption", "<ServerSideEncryptionConfiguration/>", "MalformedXML")]
    [InlineData("encryption", "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>a</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>", "InvalidArgument")]
    [InlineData("publicAccessBlock", "<PublicAccessBlockConfiguration><BlockPublicAcls>maybe</BlockPublicAcls></PublicAccessBlockConfiguration>", "MalformedXML")]
    [InlineData("ownershipControls", "<OwnershipControls><Rule><ObjectOwnership>Mine</ObjectOwnership></Rule></OwnershipControls>", "MalformedXML")]
    [InlineData("tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value/></Tag><Tag><Key>a</Key><Value/></Tag></TagSet></Tagging>", "InvalidTag")]
    [InlineData("tagging", "<Tagging><TagSet><Tag><Key>aws:mine</Key><Value/></Tag></TagSet></Tagging>", "InvalidTag")]
    [InlineData("lifecycle", "<LifecycleConfiguration/>", "MalformedXML")]
    [InlineData("lifecycle", $"<LifecycleConfiguration><Rule>{Rule}</Rule></LifecycleConfiguration>", "InvalidRequest")]
    [InlineData("lifecycle", $"<LifecycleConfiguration><Rule>{Rule}<Expiration><Days>0</Days></Expiration></Rule></LifecycleConfiguration>", "InvalidArgument")]
    [InlineData("lifecycle", $"<LifecycleConfiguration><Rule>{Rule}<Expiration><Date>2026-01-01T01:00:00Z</Date></Expiration></Rule></LifecycleConfiguration>", "InvalidArgument")]
    [InlineData("lifecycle", $"<LifecycleConfiguration><Rule>{Rule}<Prefix>a</Prefix><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>", "MalformedXML")]
    [InlineData("lifecycle", $"<LifecycleConfiguration><Rule><ID>a</ID>{Rule}<Expiration><Days>1</Days></Expiration></Rule><Rule><ID>a</ID>{Rule}<Expiration><Days>2</Days></Expiration></Rule></LifecycleConfiguration>", "InvalidArgument")]
    [InlineData("policy", "no JSON", "MalformedPolicy")]
    [InlineData("policy", """{"Version":"2012-10-17"}""", "MalformedPolicy")]
    [InlineData("policy", """{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::other"}}""", "MalformedPolicy")]
    [InlineData("policy", """{"Statement":{"Effect":"Deny","Principal":"*","Action":"ec2:*","Resource":"arn:aws:s3:::invalid"}}""", "MalformedPolicy")]
    [InlineData("policy", """{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::invalid"}}""", "AccessDenied")]
    [InlineData("policy", """{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"arn:aws:s3:::invalid","Condition":{"StringEquals":{"aws:SourceVpc":"vpc-1"}}}}""", "NotImplemented")]
    [InlineData("policy", """{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::invalid","Condition":{"StringEquals":{"aws:SourceVpc":"vpc-1"}}}}""", "NotImplemented")]
    [InlineData("object-lock", "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>", "InvalidBucketState")]
    [InlineData("acl", "<AccessControlPolicy><AccessControlList/></AccessControlPolicy>", "AccessControlListNotSupported")]
    public async Task Given_a_document_that_S3_refuses_When_put_Then_its_code_is_the_answer(string setting, string document, string code)
    {
        await _raw.SendAsync("PUT", "/invalid");

        Assert.Equal(code, (await _raw.SendAsync("PUT", "/invalid?" + setting, document)).Code);
    }

    [Fact]
    public async Task Given_a_policy_that_denies_When_a_request_fits_Then_it_is_refused_and_others_are_not()
    {
        await _raw.SendAsync("PUT", "/denied");
        (await _raw.SendAsync("PUT", "/denied?policy", """
            {"Version":"2012-10-17","Statement":[
              {"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::denied","arn:aws:s3:::denied/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}},
              {"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::denied/*","Condition":{"Null":{"s3:x-amz-server-side-encryption":"false"},"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}},
              {"Effect":"Deny","Principal":"*","Action":"s3:Delete*","Resource":"arn:aws:s3:::denied/kept/*"}]}
            """)).ShouldBe(204);

        (await _raw.SendAsync("PUT", "/denied/kept/a", "a")).ShouldBe(200);
        (await _raw.SendAsync("PUT", "/denied/kept/b", "b", "x-amz-server-side-encryption", "AES256")).ShouldBe(403, "AccessDenied");
        (await _raw.SendAsync("PUT", "/denied/b", "b", "x-amz-server-side-encryption", "aws:kms")).ShouldBe(200);
        (await _raw.SendAsync("DELETE", "/denied/kept/a")).ShouldBe(403, "AccessDenied");
        var many = await _raw.SendAsync("POST", "/denied?delete", "<Delete><Object><Key>kept/a</Key></Object><Object><Key>b</Key></Object></Delete>");
        Assert.Contains("<Error><Key>kept/a</Key><Code>AccessDenied</Code>", many.Text, StringComparison.Ordinal);
        Assert.Contains("<Deleted><Key>b</Key></Deleted>", many.Text, StringComparison.Ordinal);
        (await _raw.SendAsync("GET", "/denied/kept/a")).ShouldBe(200);
    }

    [Fact]
    public async Task Given_a_bucket_of_another_account_When_expected_Then_access_is_denied()
    {
        await _raw.SendAsync("PUT", "/owned");

        (await _raw.SendAsync("GET", "/owned", null, "x-amz-expected-bucket-owner", RawS3.Account)).ShouldBe(200);
        (await _raw.SendAsync("GET", "/owned", null, "x-amz-expected-bucket-owner", "111122223333")).ShouldBe(403, "AccessDenied");
        (await _raw.SendAsync("PUT", "/owned/key", "", "x-amz-expected-bucket-owner", "111122223333")).ShouldBe(403, "AccessDenied");
    }

    [Fact]
    public async Task Given_a_new_bucket_When_ACLs_are_sent_Then_only_the_owners_full_control_is_taken()
    {
        (await _raw.SendAsync("PUT", "/acls-public", null, "x-amz-acl", "public-read")).ShouldBe(400, "InvalidBucketAclWithObjectOwnership");
        (await _raw.SendAsync("PUT", "/acls", null, "x-amz-acl", "private")).ShouldBe(200);

        (await _raw.SendAsync("PUT", "/acls/key", "", "x-amz-acl", "public-read")).ShouldBe(400, "AccessControlListNotSupported");
        (await _raw.SendAsync("PUT", "/acls/key", "", "x-amz-grant-read", "id=other")).ShouldBe(400, "AccessControlListNotSupported");
        (await _raw.SendAsync("PUT", "/acls/key", "", "x-amz-acl", "bucket-owner-full-control")).ShouldBe(200);
        (await _raw.SendAsync("PUT", "/acls?ownershipControls", "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>")).ShouldBe(200);
        (await _raw.SendAsync("PUT", "/acls/key", "", "x-amz-acl", "private")).ShouldBe(200);
        (await _raw.SendAsync("PUT", "/acls/key", "", "x-amz-acl", "public-read")).ShouldBe(403, "AccessDenied");
    }

    [Fact]
    public async Task Given_a_region_When_a_bucket_is_created_Then_its_endpoint_and_its_constraint_agree()
    {
        const string Elsewhere = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";

        (await _raw.SendAsync("PUT", "/here")).ShouldBe(200);
        (await _raw.SendAsync("PUT", "/here")).ShouldBe(200);
        (await _raw.SendAsync("PUT", "/elsewhere", Elsewhere)).ShouldBe(200);
        (await _raw.SendAsync("PUT", "/elsewhere", Elsewhere)).ShouldBe(409, "BucketAlreadyOwnedByYou");
        (await _raw.SendAsync("PUT", "/nowhere", Elsewhere.Replace("eu-west-1", "us-east-1", StringComparison.Ordinal))).ShouldBe(400, "InvalidLocationConstraint");
        Assert.Contains("IllegalLocationConstraintException", await WestAsync(), StringComparison.Ordinal);
    }

    private async Task<string> WestAsync()
    {
        using var request = await new RequestSignature("s3", Region: "us-west-2").SignAsync(new(HttpMethod.Put, "/west"), sandbox.Url);
        using var response = await sandbox.Http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}
