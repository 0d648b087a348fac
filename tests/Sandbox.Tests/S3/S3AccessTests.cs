using System.Xml.Linq;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>Access of the owner, of another account and of everybody: by ACLs, by Object Ownership, by Block Public Access and by policies.</summary>
public sealed class S3AccessTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string OtherAccount = "111122223333";
    private const string FullControl = "bucket-owner-full-control";

    private static readonly string Owner = CanonicalUser.IdOf(RawS3.Account);
    private static readonly string OtherUser = CanonicalUser.IdOf(OtherAccount);

    private readonly RawS3 _raw = new(sandbox);
    private readonly RawS3 _other = new(sandbox, OtherAccount);
    private readonly RawS3 _anybody = new(sandbox, null);

    [Theory]
    [InlineData("private", 200, 403, 403)]
    [InlineData("public-read", 200, 200, 200)]
    [InlineData("public-read-write", 200, 200, 200)]
    [InlineData("authenticated-read", 200, 200, 403)]
    public async Task Given_a_canned_ACL_of_an_object_When_it_is_read_Then_it_lets_in_whom_it_names(string acl, int owner, int other, int anybody)
    {
        var bucket = await OpenAsync("canned-" + acl);
        (await _raw.SendAsync("PUT", bucket + "/key", "content", "x-amz-acl", acl)).ShouldBe(200);

        Assert.Equal((owner, other, anybody), await StatusesAsync("GET", bucket + "/key"));
        Assert.Equal((200, 403, 403), await StatusesAsync("GET", bucket));
    }

    [Theory]
    [InlineData("private", 403, 403, 403)]
    [InlineData("public-read", 200, 403, 200)]
    [InlineData("public-read-write", 200, 200, 200)]
    [InlineData("authenticated-read", 200, 403, 403)]
    public async Task Given_a_canned_ACL_of_a_bucket_When_others_list_or_write_Then_it_lets_in_whom_it_names(string acl, int list, int write, int anybody)
    {
        var bucket = await OpenAsync("shared-" + acl);
        (await _raw.SendAsync("PUT", bucket + "?acl", null, "x-amz-acl", acl)).ShouldBe(200);

        Assert.Equal(list, (int)(await _other.SendAsync("GET", bucket)).Status);
        Assert.Equal(write, (int)(await _other.SendAsync("PUT", bucket + "/theirs", "x")).Status);
        Assert.Equal(anybody, (int)(await _anybody.SendAsync("GET", bucket)).Status);
    }

    [Theory]
    [InlineData(Grant.Read, 200, 403, 403)]
    [InlineData(Grant.ReadAcp, 403, 200, 403)]
    [InlineData(Grant.WriteAcp, 403, 403, 200)]
    [InlineData(Grant.FullControl, 200, 200, 200)]
    public async Task Given_a_permission_of_an_object_When_its_grantee_asks_Then_it_gives_what_S3_says(string permission, int read, int readAcp, int writeAcp)
    {
        var bucket = await OpenAsync("granted-" + permission.Replace('_', '-').ToLowerInvariant());
        await _raw.SendAsync("PUT", bucket + "/key", "content");
        (await _raw.SendAsync("PUT", bucket + "/key?acl", Acl(Owner, (Owner, Grant.FullControl), (OtherUser, permission)))).ShouldBe(200);

        Assert.Equal(read, (int)(await _other.SendAsync("GET", bucket + "/key")).Status);
        Assert.Equal(readAcp, (int)(await _other.SendAsync("GET", bucket + "/key?acl")).Status);
        Assert.Equal(writeAcp, (int)(await _other.SendAsync("PUT", bucket + "/key?acl", null, "x-amz-acl", "private")).Status);
        Assert.Equal(403, (int)(await _other.SendAsync("PUT", bucket + "/key", "theirs")).Status);
    }

    [Fact]
    public async Task Given_the_right_to_write_When_another_account_uses_it_Then_it_creates_objects_and_changes_only_its_own()
    {
        var bucket = await OpenAsync("written");
        (await _raw.SendAsync("PUT", bucket + "?acl", null, "x-amz-grant-write", $"id=\"{OtherUser}\"", "x-amz-grant-full-control", $"id={Owner}")).ShouldBe(200);
        await _raw.SendAsync("PUT", bucket + "/ours", "x");

        (await _other.SendAsync("PUT", bucket + "/theirs", "x")).ShouldBe(200);
        (await _other.SendAsync("PUT", bucket + "/theirs", "y")).ShouldBe(200);
        (await _other.SendAsync("PUT", bucket + "/ours", "y")).ShouldBe(403, "AccessDenied");
        (await _other.SendAsync("DELETE", bucket + "/ours")).ShouldBe(403, "AccessDenied");
        (await _raw.SendAsync("GET", bucket + "/theirs")).ShouldBe(403, "AccessDenied");
        Assert.Equal(OtherUser, OwnerOf(await _other.SendAsync("GET", bucket + "/theirs?acl")));
        (await _raw.SendAsync("DELETE", bucket + "/theirs")).ShouldBe(204);
    }

    [Theory]
    [InlineData("ObjectWriter", FullControl, false)]
    [InlineData("BucketOwnerPreferred", "private", false)]
    [InlineData("BucketOwnerPreferred", FullControl, true)]
    public async Task Given_Object_Ownership_When_another_account_writes_Then_it_says_who_owns_the_object(string ownership, string acl, bool isGivenAway)
    {
        var bucket = await OpenAsync($"ownership-{ownership}-{acl}".ToLowerInvariant(), ownership);
        await _raw.SendAsync("PUT", bucket + "?acl", null, "x-amz-acl", "public-read-write");

        (await _other.SendAsync("PUT", bucket + "/key", "x", "x-amz-acl", acl)).ShouldBe(200);

        var listed = XElement.Parse((await _raw.SendAsync("GET", bucket)).Text).Descendants().First(element => element.Name.LocalName == "Owner").Value;
        Assert.Equal(isGivenAway ? Owner : OtherUser, listed);
    }

    [Fact]
    public async Task Given_ACLs_that_are_in_use_When_they_are_to_be_disabled_Then_they_have_to_go_first()
    {
        var bucket = await OpenAsync("disabled");
        await _raw.SendAsync("PUT", bucket + "/key", "x", "x-amz-acl", "public-read");
        await _raw.SendAsync("PUT", bucket + "?acl", null, "x-amz-acl", "public-read");

        (await _raw.SendAsync("PUT", bucket + "?ownershipControls", Ownership("BucketOwnerEnforced"))).ShouldBe(400, "InvalidBucketAclWithObjectOwnership");
        await _raw.SendAsync("PUT", bucket + "?acl", null, "x-amz-acl", "private");
        (await _raw.SendAsync("PUT", bucket + "?ownershipControls", Ownership("BucketOwnerEnforced"))).ShouldBe(200);

        Assert.Equal((200, 403, 403), await StatusesAsync("GET", bucket + "/key"));
        (await _raw.SendAsync("PUT", bucket + "/key?acl", null, "x-amz-acl", "private")).ShouldBe(400, "AccessControlListNotSupported");
        (await _raw.SendAsync("PUT", bucket + "/key?acl", null, "x-amz-acl", FullControl)).ShouldBe(200);
        Assert.Single(GrantsOf(await _raw.SendAsync("GET", bucket + "/key?acl")));
    }

    [Fact]
    public async Task Given_Block_Public_Access_When_everybody_has_access_Then_each_setting_stops_its_part()
    {
        var bucket = await OpenAsync("blocked");
        await _raw.SendAsync("PUT", bucket + "/key", "x", "x-amz-acl", "public-read");

        await BlockAsync(bucket, "BlockPublicAcls");
        (await _raw.SendAsync("PUT", bucket + "/other", "x", "x-amz-acl", "public-read")).ShouldBe(403, "AccessDenied");
        (await _raw.SendAsync("PUT", bucket + "?acl", null, "x-amz-acl", "authenticated-read")).ShouldBe(403, "AccessDenied");
        Assert.Equal((200, 200, 200), await StatusesAsync("GET", bucket + "/key"));
        await BlockAsync(bucket, "IgnorePublicAcls");
        Assert.Equal((200, 403, 403), await StatusesAsync("GET", bucket + "/key"));
        await BlockAsync(bucket, "BlockPublicPolicy");
        (await _raw.SendAsync("PUT", bucket + "?policy", Policy(bucket, "*"))).ShouldBe(403, "AccessDenied");
        await BlockAsync(bucket, "RestrictPublicBuckets");
        (await _raw.SendAsync("PUT", bucket + "?policy", Policy(bucket, "*"))).ShouldBe(204);
        Assert.Equal((200, 403, 403), await StatusesAsync("GET", bucket));
        (await _raw.SendAsync("PUT", "/blocked-at-birth", null, "x-amz-object-ownership", "ObjectWriter", "x-amz-acl", "public-read"))
            .ShouldBe(400, "InvalidBucketAclWithBlockPublicAccessError");
    }

    [Theory]
    [InlineData("*", 200, 200, "true")]
    [InlineData(OtherAccount, 200, 403, "false")]
    [InlineData($"arn:aws:iam::{OtherAccount}:root", 200, 403, "false")]
    [InlineData("arn:aws:iam::444455556666:user/sandbox", 403, 403, "false")]
    public async Task Given_a_policy_that_allows_When_others_ask_Then_it_lets_in_its_principal(string principal, int other, int anybody, string isPublic)
    {
        var bucket = await OpenAsync("policy-" + principal.Length);
        (await _raw.SendAsync("PUT", bucket + "?policy", Policy(bucket, principal))).ShouldBe(204);
        await _raw.SendAsync("PUT", bucket + "/key", "x");

        Assert.Equal((200, other, anybody), await StatusesAsync("GET", bucket + "/key"));
        Assert.Equal((200, other, anybody), await StatusesAsync("GET", bucket));
        Assert.Equal(other == 200 ? 404 : 403, (int)(await _other.SendAsync("GET", bucket + "/none")).Status);
        Assert.Contains($"<IsPublic>{isPublic}</IsPublic>", (await _raw.SendAsync("GET", bucket + "?policyStatus")).Text, StringComparison.Ordinal);
        await _raw.SendAsync("DELETE", bucket + "?policy");
        Assert.Equal((200, 403, 403), await StatusesAsync("GET", bucket + "/key"));
    }

    [Theory]
    [InlineData("""{"AWS":"arn:aws:iam:::user/nobody"}""", 400, "MalformedPolicy")]
    [InlineData("""{"Service":"logging.s3.amazonaws.com"}""", 501, "NotImplemented")]
    public async Task Given_a_principal_that_is_none_or_a_service_When_put_Then_it_is_refused(string principal, int status, string code)
    {
        var bucket = await OpenAsync("principal-" + status);

        (await _raw.SendAsync("PUT", bucket + "?policy", Policy(bucket, "*").Replace("\"*\"", principal, StringComparison.Ordinal))).ShouldBe(status, code);
    }

    [Theory]
    [InlineData("x-amz-grant-read", "id=unheard-of", 400, "InvalidArgument")]
    [InlineData("x-amz-grant-read", "uri=http://acs.amazonaws.com/groups/none", 400, "InvalidArgument")]
    [InlineData("x-amz-grant-read", "nobody", 400, "InvalidArgument")]
    [InlineData("x-amz-grant-read", "emailAddress=a@example.com", 405, "MethodNotAllowed")]
    [InlineData("x-amz-grant-read", "uri=http://acs.amazonaws.com/groups/s3/LogDelivery", 501, "NotImplemented")]
    [InlineData("x-amz-acl", "aws-exec-read", 501, "NotImplemented")]
    [InlineData("x-amz-acl", "unheard-of", 400, "InvalidArgument")]
    public async Task Given_a_grantee_that_is_none_When_sent_Then_it_is_refused(string header, string value, int status, string code)
    {
        var bucket = await OpenAsync("grantee-" + status);

        (await _raw.SendAsync("PUT", bucket + "/key", "x", header, value)).ShouldBe(status, code);
    }

    [Fact]
    public async Task Given_an_ACL_document_When_put_Then_it_is_read_back_and_a_wrong_one_is_refused()
    {
        var bucket = await OpenAsync("document");
        var document = Acl(Owner, (Grant.AllUsers, Grant.Read), (Owner, Grant.FullControl), (OtherUser, Grant.WriteAcp));

        (await _raw.SendAsync("PUT", bucket + "?acl", document)).ShouldBe(200);

        Assert.Equal([(Grant.AllUsers, Grant.Read), (Owner, Grant.FullControl), (OtherUser, Grant.WriteAcp)], GrantsOf(await _raw.SendAsync("GET", bucket + "?acl")));
        (await _raw.SendAsync("PUT", bucket + "?acl", Acl(OtherUser, (Owner, Grant.FullControl)))).ShouldBe(403, "AccessDenied");
        (await _raw.SendAsync("PUT", bucket + "?acl", "<AccessControlPolicy><AccessControlList/></AccessControlPolicy>")).ShouldBe(400, "MalformedACLError");
        (await _raw.SendAsync("PUT", bucket + "?acl", null, "x-amz-acl", "private", "x-amz-grant-read", $"id={OtherUser}")).ShouldBe(400, "InvalidRequest");
    }

    [Fact]
    public async Task Given_another_account_When_it_works_in_S3_Then_its_buckets_are_its_own()
    {
        (await _other.SendAsync("PUT", "/theirs-alone")).ShouldBe(200);

        Assert.Contains("theirs-alone", (await _other.SendAsync("GET", "/")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("theirs-alone", (await _raw.SendAsync("GET", "/")).Text, StringComparison.Ordinal);
        (await _raw.SendAsync("PUT", "/theirs-alone")).ShouldBe(409, "BucketAlreadyExists");
        (await _raw.SendAsync("DELETE", "/theirs-alone")).ShouldBe(403, "AccessDenied");
        (await _other.SendAsync("GET", "/theirs-alone", null, "x-amz-expected-bucket-owner", OtherAccount)).ShouldBe(200);
        (await _other.SendAsync("GET", "/theirs-alone", null, "x-amz-expected-bucket-owner", RawS3.Account)).ShouldBe(403, "AccessDenied");
    }

    [Fact]
    public async Task Given_a_bucket_of_us_east_1_When_its_owner_creates_it_again_Then_its_ACL_is_set_anew()
    {
        var bucket = await OpenAsync("again");
        await _raw.SendAsync("PUT", bucket + "?acl", null, "x-amz-acl", "public-read");

        (await _raw.SendAsync("PUT", bucket)).ShouldBe(200);

        Assert.Equal((200, 403, 403), await StatusesAsync("GET", bucket));
    }

    [Fact]
    public async Task Given_a_policy_that_lets_others_list_a_prefix_When_a_key_is_absent_Then_they_are_told_there_only()
    {
        var bucket = await OpenAsync("prefixes");
        await _raw.SendAsync("PUT", bucket + "?policy", Policy(bucket, OtherAccount, """{"StringLike":{"s3:prefix":"open/*"}}"""));

        (await _other.SendAsync("GET", bucket + "/open/none")).ShouldBe(404, "NoSuchKey");
        (await _other.SendAsync("GET", bucket + "/none")).ShouldBe(403, "AccessDenied");
    }

    [Fact]
    public async Task Given_a_policy_that_lets_others_write_When_they_set_an_ACL_or_tags_Then_tags_need_a_right_of_their_own()
    {
        var bucket = await OpenAsync("dropbox");
        var policy = Policy(bucket, OtherAccount).Replace("s3:ListBucket", "s3:PutObject", StringComparison.Ordinal);
        await _raw.SendAsync("PUT", bucket + "?policy", policy.Replace($"\"arn:aws:s3:::{bucket[1..]}\",", "", StringComparison.Ordinal));

        (await _other.SendAsync("PUT", bucket + "/key", "x", "x-amz-grant-full-control", $"id={Owner}")).ShouldBe(200);
        (await _other.SendAsync("PUT", bucket + "/tagged", "x", "x-amz-tagging", "a=b")).ShouldBe(403, "AccessDenied");

        (await _raw.SendAsync("GET", bucket + "/key")).ShouldBe(200);
    }

    [Theory]
    [InlineData("http://127.0.0.1/page", 200)]
    [InlineData("http://localhost/page", 403)]
    public async Task Given_a_policy_for_a_page_When_a_request_comes_from_one_Then_its_referrer_decides(string page, int status)
    {
        var bucket = await OpenAsync("referrer-" + status);
        await _raw.SendAsync("PUT", bucket + "/key", "x");
        var policy = Policy(bucket, "*", """{"StringLike":{"aws:Referer":"http://127.0.0.1/*"}}""");
        (await _raw.SendAsync("PUT", bucket + "?policy", policy)).ShouldBe(204);

        (await _anybody.SendAsync("GET", bucket + "/key", null, "Referer", page)).ShouldBe(status, status == 200 ? "" : "AccessDenied");
    }

    [Fact]
    public async Task Given_no_credentials_When_S3_is_asked_Then_absent_buckets_are_told_and_all_else_is_denied()
    {
        var bucket = await OpenAsync("unsigned");

        (await _anybody.SendAsync("GET", "/")).ShouldBe(403, "AccessDenied");
        (await _anybody.SendAsync("PUT", "/new-bucket")).ShouldBe(403, "AccessDenied");
        (await _anybody.SendAsync("GET", "/no-such-bucket/key")).ShouldBe(404, "NoSuchBucket");
        (await _anybody.SendAsync("GET", bucket + "/none")).ShouldBe(403, "AccessDenied");
        (await _anybody.SendAsync("GET", bucket + "?policy")).ShouldBe(403, "AccessDenied");
        (await _anybody.SendAsync("DELETE", bucket)).ShouldBe(403, "AccessDenied");
    }

    [Fact]
    public async Task Given_an_upload_of_another_account_When_others_continue_it_Then_only_its_initiator_may()
    {
        var bucket = await OpenAsync("uploads");
        await _raw.SendAsync("PUT", bucket + "?acl", null, "x-amz-acl", "public-read-write");
        var id = XElement.Parse((await _other.SendAsync("POST", bucket + "/key?uploads")).Text).Elements().Last().Value;

        (await _anybody.SendAsync("PUT", $"{bucket}/key?uploadId={id}&partNumber=1", "x")).ShouldBe(403, "AccessDenied");
        (await _other.SendAsync("PUT", $"{bucket}/key?uploadId={id}&partNumber=1", "x")).ShouldBe(200);
        Assert.Contains($"<Initiator><ID>{OtherUser}</ID></Initiator>", (await _raw.SendAsync("GET", bucket + "?uploads")).Text, StringComparison.Ordinal);
        (await _raw.SendAsync("DELETE", $"{bucket}/key?uploadId={id}")).ShouldBe(204);
    }

    private async Task<string> OpenAsync(string name, string ownership = "ObjectWriter")
    {
        var bucket = "/" + name;
        (await _raw.SendAsync("PUT", bucket, null, "x-amz-object-ownership", ownership)).ShouldBe(200);
        (await _raw.SendAsync("DELETE", bucket + "?publicAccessBlock")).ShouldBe(204);
        return bucket;
    }

    private async Task BlockAsync(string bucket, string setting) => (await _raw.SendAsync(
        "PUT", bucket + "?publicAccessBlock", $"<PublicAccessBlockConfiguration><{setting}>true</{setting}></PublicAccessBlockConfiguration>")).ShouldBe(200);

    private async Task<(int Owner, int Other, int Anybody)> StatusesAsync(string method, string path) =>
        ((int)(await _raw.SendAsync(method, path)).Status, (int)(await _other.SendAsync(method, path)).Status, (int)(await _anybody.SendAsync(method, path)).Status);

    private static string Ownership(string value) => $"<OwnershipControls><Rule><ObjectOwnership>{value}</ObjectOwnership></Rule></OwnershipControls>";

    private static string Policy(string bucket, string principal, string condition = "{}")
    {
        var named = principal == "*" ? "\"*\"" : $"{{\"AWS\":\"{principal}\"}}";
        return $$"""
            {"Statement":{"Effect":"Allow","Condition":{{condition}},"Principal":{{named}},"Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::{{bucket[1..]}}","arn:aws:s3:::{{bucket[1..]}}/*"]} }
            """;
    }

    private static string Acl(string owner, params (string Grantee, string Permission)[] grants) =>
        $"<AccessControlPolicy xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><Owner><ID>{owner}</ID></Owner><AccessControlList>"
        + string.Concat(grants.Select(grant => grant.Grantee.StartsWith("http", StringComparison.Ordinal)
            ? $"<Grant><Grantee xsi:type=\"Group\"><URI>{grant.Grantee}</URI></Grantee><Permission>{grant.Permission}</Permission></Grant>"
            : $"<Grant><Grantee xsi:type=\"CanonicalUser\"><ID>{grant.Grantee}</ID></Grantee><Permission>{grant.Permission}</Permission></Grant>"))
        + "</AccessControlList></AccessControlPolicy>";

    private static List<(string Grantee, string Permission)> GrantsOf(RawAnswer answer) =>
        [.. XElement.Parse(answer.Text).Descendants().Where(element => element.Name.LocalName == "Grant")
            .Select(grant => (grant.Elements().First().Value, grant.Elements().Last().Value))];

    private static string OwnerOf(RawAnswer answer) => XElement.Parse(answer.Text).Elements().First().Value;
}
