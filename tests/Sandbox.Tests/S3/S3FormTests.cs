using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>Uploads by a form (POST Object), signed and unsigned.</summary>
public sealed class S3FormTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string Scope = "20260501/us-east-1/s3/aws4_request";

    private readonly RawS3 _raw = new(sandbox);

    [Fact]
    public async Task Given_a_signed_form_When_posted_Then_its_fields_are_the_objects_headers()
    {
        await _raw.SendAsync("PUT", "/forms");
        var fields = Signed(("key", "user/${filename}"), ("Content-Type", "text/plain"), ("x-amz-meta-colour", "green"), ("Cache-Control", "no-store"),
            ("tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"), ("success_action_status", "201"));

        var answer = (await PostAsync("forms", fields)).ShouldBe(201);

        var head = await _raw.SendAsync("HEAD", "/forms/user/data.txt");
        Assert.Equal("user/data.txt", XElement.Parse(answer.Text).Element("Key")!.Value);
        Assert.Equal(("text/plain", "green", "no-store"), (head.Header("Content-Type"), head.Header("x-amz-meta-colour"), head.Header("Cache-Control")));
        Assert.Equal(answer.Header("ETag"), head.Header("ETag"));
        Assert.Equal("content", (await _raw.SendAsync("GET", "/forms/user/data.txt")).Text);
        Assert.Contains("<Value>b</Value>", (await _raw.SendAsync("GET", "/forms/user/data.txt?tagging")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("200", 200)]
    [InlineData("201", 201)]
    [InlineData("204", 204)]
    [InlineData("404", 204)]
    public async Task Given_a_status_to_answer_with_When_S3_has_it_Then_it_answers_so(string asked, int status)
    {
        await _raw.SendAsync("PUT", "/answers");

        (await PostAsync("answers", Signed(("key", "a"), ("success_action_status", asked)))).ShouldBe(status);
    }

    [Fact]
    public async Task Given_a_page_to_go_to_When_posted_Then_the_answer_leads_there_and_says_what_was_uploaded()
    {
        await _raw.SendAsync("PUT", "/redirects");

        var answer = await PostAsync("redirects", Signed(("key", "a"), ("success_action_redirect", "http://127.0.0.1/done?n=1")));

        Assert.Equal(303, (int)answer.Status);
        Assert.Equal($"http://127.0.0.1/done?n=1&bucket=redirects&key=a&etag={Uri.EscapeDataString(answer.Header("ETag")!)}", answer.Header("Location"));
    }

    [Theory]
    [InlineData("x-amz-signature", "0", 403, "SignatureDoesNotMatch")]
    [InlineData("x-amz-signature", null, 400, "InvalidArgument")]
    [InlineData("x-amz-credential", null, 400, "InvalidArgument")]
    [InlineData("x-amz-credential", "sandbox", 400, "InvalidArgument")]
    [InlineData("x-amz-algorithm", "AWS4-HMAC-SHA1", 400, "InvalidArgument")]
    [InlineData("x-amz-date", null, 400, "InvalidArgument")]
    [InlineData("policy", null, 400, "InvalidArgument")]
    [InlineData("policy", "e30=", 403, "SignatureDoesNotMatch")]
    [InlineData("key", null, 400, "InvalidArgument")]
    [InlineData("key", "other", 403, "AccessDenied")]
    [InlineData("acl", "private", 403, "AccessDenied")]
    [InlineData("AWSAccessKeyId", "sandbox", 400, "InvalidRequest")]
    public async Task Given_a_signed_form_When_a_field_is_not_what_was_signed_Then_it_is_refused_and_nothing_is_stored(string field, string? value, int status, string code)
    {
        await _raw.SendAsync("PUT", "/tampered");
        var fields = Signed(("key", "a")).Where(pair => pair.Name != field).ToList();
        if (value is not null)
        {
            fields.Add((field, value));
        }

        (await PostAsync("tampered", fields)).ShouldBe(status, code);
        Assert.DoesNotContain("<Key>", (await _raw.SendAsync("GET", "/tampered")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_an_upload_larger_than_the_policy_allows_When_posted_Then_nothing_is_stored()
    {
        await _raw.SendAsync("PUT", "/sizes");

        (await PostAsync("sizes", Sign("""{"key":"a"},["content-length-range",0,3]""", ("key", "a")))).ShouldBe(400, "EntityTooLarge");
        (await _raw.SendAsync("GET", "/sizes/a")).ShouldBe(404, "NoSuchKey");
    }

    [Fact]
    public async Task Given_no_signature_When_a_form_is_posted_Then_the_buckets_ACL_decides_and_the_object_is_nobodys()
    {
        await _raw.SendAsync("PUT", "/open", null, "x-amz-object-ownership", "ObjectWriter");
        (await PostAsync("open", [("key", "a")])).ShouldBe(403, "AccessDenied");
        await _raw.SendAsync("DELETE", "/open?publicAccessBlock");
        await _raw.SendAsync("PUT", "/open?acl", null, "x-amz-acl", "public-read-write");

        (await PostAsync("open", [("key", "a"), ("acl", "public-read")])).ShouldBe(204);

        Assert.Equal("content", (await _raw.SendAsync("GET", "/open/a")).Text);
        Assert.Contains("65a011a29cdf8ec533ec3d1ccaae921c", (await _raw.SendAsync("GET", "/open")).Text, StringComparison.Ordinal);
        (await PostAsync("open", [("key", "b"), ("tagging", "<Tagging><TagSet/></Tagging>")])).ShouldBe(204);
        (await PostAsync("open", [("key", "c"), ("tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value/></Tag></TagSet></Tagging>")])).ShouldBe(403, "AccessDenied");
    }

    [Fact]
    public async Task Given_a_key_of_another_account_When_it_signs_a_form_Then_that_account_uploads()
    {
        await _raw.SendAsync("PUT", "/ours");

        (await PostAsync("ours", Sign("""{"key":"a"}""", "111122223333", ("key", "a")))).ShouldBe(403, "AccessDenied");
    }

    [Fact]
    public async Task Given_no_form_When_posted_to_a_bucket_Then_S3_says_what_it_wants()
    {
        await _raw.SendAsync("PUT", "/no-forms");

        (await _raw.SendAsync("POST", "/no-forms", "text")).ShouldBe(412, "PreconditionFailed");
        (await PostAsync("no-forms", Signed(("key", "a")), withFile: false)).ShouldBe(400, "InvalidArgument");
        (await PostAsync("no-forms", [("key", new string('k', 20_001))])).ShouldBe(400, "MaxPostPreDataLengthExceededError");
        (await _raw.SendAsync("POST", "/no-forms", "text", "Content-Type", "multipart/form-data")).ShouldBe(400, "MalformedPOSTRequest");
        (await _raw.SendAsync("POST", "/no-forms", "text", "Content-Type", "multipart/form-data; boundary=x")).ShouldBe(400, "MalformedPOSTRequest");
        (await PostAsync("no-such-forms", Signed(("key", "a")))).ShouldBe(404, "NoSuchBucket");
        (await PostAsync("no-forms", Signed(("key", "a"), ("x-amz-invented", "1")))).ShouldBe(501, "NotImplemented");
    }

    private async Task<RawAnswer> PostAsync(string bucket, IEnumerable<(string Name, string Value)> fields, bool withFile = true)
    {
        const string Boundary = "boundary";
        var body = new StringBuilder();
        foreach (var (name, value) in fields)
        {
            body.Append(CultureInfo.InvariantCulture, $"--{Boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }

        body.Append(withFile ? $"--{Boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\docs\\data.txt\"\r\n\r\ncontent\r\n" : "");
        body.Append(CultureInfo.InvariantCulture, $"--{Boundary}--\r\n");
        return await new RawS3(sandbox, null).SendAsync("POST", "/" + bucket, body.ToString(), "Content-Type", $"multipart/form-data; boundary={Boundary}");
    }

    /// <summary>A form with a policy that has these fields as they are.</summary>
    private static List<(string Name, string Value)> Signed(params (string Name, string Value)[] fields) => Sign(
        string.Join(',', fields.Select(field => $"[\"starts-with\",\"${field.Name}\",\"{(field.Name == "key" ? field.Value.Split('$')[0] : "")}\"]")), fields);

    private static List<(string Name, string Value)> Sign(string conditions, params (string Name, string Value)[] fields) => Sign(conditions, "sandbox", fields);

    private static List<(string Name, string Value)> Sign(string conditions, string accessKey, params (string Name, string Value)[] fields)
    {
        (string Name, string Value)[] signature = [("x-amz-algorithm", "AWS4-HMAC-SHA256"), ("x-amz-credential", $"{accessKey}/{Scope}"), ("x-amz-date", "20260501T000000Z")];
        var document = $"{{\"expiration\":\"2099-01-01T00:00:00Z\",\"conditions\":[{conditions},{string.Join(',', signature.Select(field => $"{{\"{field.Name}\":\"{field.Value}\"}}"))}]}}";
        var policy = Convert.ToBase64String(Encoding.UTF8.GetBytes(document));
        var key = Scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4sandbox"), Hmac);
        return [.. fields, .. signature, ("policy", policy), ("x-amz-signature", Convert.ToHexStringLower(Hmac(key, policy)))];
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
