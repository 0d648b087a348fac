using System.Net.Sockets;
using System.Text;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>The protocol's corners: signatures in URLs, delete markers, markers of listings, metadata, connections.</summary>
public sealed class S3ProtocolTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private static readonly XNamespace Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    private readonly RawS3 _raw = new(sandbox);

    [Theory]
    [InlineData(-60, 120, 200, "")]
    [InlineData(-120, 60, 403, "AccessDenied")]
    [InlineData(0, 604_801, 400, "AuthorizationQueryParametersError")]
    [InlineData(0, -1, 400, "AuthorizationQueryParametersError")]
    public async Task Given_a_presigned_URL_When_used_Then_its_period_counts(int signedSeconds, int period, int status, string code)
    {
        await _raw.SendAsync("PUT", "/presigned");
        var signature = new RequestSignature("s3") { Time = TimeProvider.System.GetUtcNow().AddSeconds(signedSeconds) };

        using var response = await sandbox.Http.GetAsync(signature.Presign(new Uri(sandbox.Url, "/presigned"), period));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(code, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_signature_of_version_2_When_sent_Then_version_4_is_asked_for()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Authorization", "AWS sandbox:c2lnbmF0dXJl");
        using var header = await sandbox.Http.SendAsync(request);
        using var query = await sandbox.Http.GetAsync("/bucket/key?AWSAccessKeyId=sandbox&Expires=1&Signature=x");

        Assert.Contains("<Code>InvalidRequest</Code>", await header.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("AWS4-HMAC-SHA256", await query.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_delete_marker_When_read_Then_the_headers_say_so()
    {
        await CreateVersionedAsync("marked");
        await _raw.SendAsync("PUT", "/marked/key", "content");
        var marker = (await _raw.SendAsync("DELETE", "/marked/key")).Header("x-amz-version-id");

        var newest = (await _raw.SendAsync("GET", "/marked/key")).ShouldBe(404, "NoSuchKey");
        var named = (await _raw.SendAsync("GET", "/marked/key?versionId=" + marker)).ShouldBe(405, "MethodNotAllowed");
        var deleted = (await _raw.SendAsync("DELETE", "/marked/key?versionId=" + marker)).ShouldBe(204);

        Assert.All([newest, named, deleted], answer => Assert.Equal(("true", marker), (answer.Header("x-amz-delete-marker"), answer.Header("x-amz-version-id"))));
        Assert.Equal("DELETE", named.Header("Allow"));
        (await _raw.SendAsync("GET", "/marked/key")).ShouldBe(200);
    }

    [Fact]
    public async Task Given_versions_When_each_page_is_deleted_before_the_next_Then_all_are_listed()
    {
        await CreateVersionedAsync("paged");
        for (var number = 0; number < 12; number++)
        {
            await _raw.SendAsync("PUT", $"/paged/key-{number % 4}", "content");
        }

        var (query, listed) = ("", 0);
        do
        {
            var page = XElement.Parse((await _raw.SendAsync("GET", "/paged?versions&max-keys=5" + query)).Text);
            foreach (var version in page.Elements(Namespace + "Version"))
            {
                listed++;
                await _raw.SendAsync("DELETE", $"/paged/{Text(version, "Key")}?versionId={Text(version, "VersionId")}");
            }

            query = Text(page, "IsTruncated") == "true" ? $"&key-marker={Text(page, "NextKeyMarker")}&version-id-marker={Text(page, "NextVersionIdMarker")}" : "";
        }
        while (query.Length > 0);

        Assert.Equal(12, listed);
    }

    [Fact]
    public async Task Given_metadata_in_UTF8_When_read_Then_it_is_an_encoded_word_as_S3_has_it()
    {
        await _raw.SendAsync("PUT", "/words");
        await SendAsync("PUT /words/key HTTP/1.1\r\nContent-Length: 0\r\nx-amz-meta-nonascii: ÄMÄZÕÑ S3\r\n");
        await SendAsync("PUT /words/word HTTP/1.1\r\nContent-Length: 0\r\nx-amz-meta-word: =?UTF-8?Q?=C3=A4_b?=\r\n");

        // The value of the example in S3's user guide.
        Assert.Equal("=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=", (await _raw.SendAsync("HEAD", "/words/key")).Header("x-amz-meta-nonascii"));
        Assert.Equal("=?UTF-8?B?w6QgYg==?=", (await _raw.SendAsync("HEAD", "/words/word")).Header("x-amz-meta-word"));
    }

    [Fact]
    public async Task Given_a_client_that_waits_for_leave_When_its_PUT_is_refused_Then_the_connection_is_closed()
    {
        var answer = await SendAsync("PUT /none-such/key HTTP/1.1\r\nContent-Length: 10\r\nExpect: 100-continue\r\n");

        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-MD5", "", "InvalidDigest")]
    [InlineData("Content-MD5", "not a digest", "InvalidDigest")]
    [InlineData("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==", "BadDigest")]
    [InlineData("x-amz-checksum-crc32", "", "InvalidRequest")]
    [InlineData("x-amz-checksum-crc32", "AAAA", "InvalidRequest")]
    [InlineData("x-amz-checksum-sha256", "no base64 but as long as a sha-256 in it is..", "InvalidRequest")]
    [InlineData("x-amz-checksum-crc32", "AAAAAA==", "BadDigest")]
    public async Task Given_a_digest_of_something_else_or_no_digest_When_put_Then_nothing_is_stored(string header, string value, string code)
    {
        await _raw.SendAsync("PUT", "/digests");

        (await _raw.SendAsync("PUT", "/digests/key", "content", header, value)).ShouldBe(400, code);

        (await _raw.SendAsync("GET", "/digests/key")).ShouldBe(404, "NoSuchKey");
    }

    [Theory]
    [InlineData("bytes=0-7", "InvalidArgument")]
    [InlineData("bytes=7-8", "InvalidRequest")]
    [InlineData("bytes=3-", "InvalidArgument")]
    public async Task Given_a_range_that_the_source_does_not_have_When_a_part_is_copied_from_it_Then_it_is_refused(string range, string code)
    {
        await _raw.SendAsync("PUT", "/ranges");
        await _raw.SendAsync("PUT", "/ranges/source", "content");
        var id = Text(XElement.Parse((await _raw.SendAsync("POST", "/ranges/key?uploads")).Text), "UploadId");

        (await _raw.SendAsync(
            "PUT", $"/ranges/key?partNumber=1&uploadId={id}", null, "x-amz-copy-source", "/ranges/source", "x-amz-copy-source-range", range)).ShouldBe(400, code);
    }

    [Theory]
    [InlineData("If-Match", "*")]
    [InlineData("If-None-Match", "\"etag\"")]
    [InlineData("If-Match", "\"etag\"", "If-None-Match", "*")]
    public async Task Given_a_condition_that_writes_do_not_take_When_put_Then_it_is_refused(params string[] headers)
    {
        await _raw.SendAsync("PUT", "/conditions");

        (await _raw.SendAsync("PUT", "/conditions/key", "content", headers)).ShouldBe(501, "NotImplemented");
    }

    [Theory]
    [InlineData("/tenant~bucket", 400, "InvalidBucketName")]
    [InlineData("/ab/key", 400, "InvalidBucketName")]
    [InlineData("/Old_Bucket/key", 404, "NoSuchBucket")]
    public async Task Given_a_name_that_no_bucket_has_When_asked_for_Then_the_name_is_refused_where_it_can_be_no_bucket_s(string path, int status, string code) =>
        (await _raw.SendAsync("GET", path)).ShouldBe(status, code);

    [Fact]
    public async Task Given_an_object_in_parts_When_its_attributes_are_asked_for_Then_they_are_given()
    {
        await _raw.SendAsync("PUT", "/attributes");
        await _raw.SendAsync("PUT", "/attributes/key", "content", "x-amz-checksum-crc32", "AAAAAA==");
        await _raw.SendAsync("PUT", "/attributes/key", "content");

        var answer = XElement.Parse((await _raw.SendAsync("GET", "/attributes/key?attributes", null, "x-amz-object-attributes", "ETag,ObjectSize,StorageClass")).Text);

        Assert.Equal((Convert.ToHexStringLower(Md5.Of("content"u8)), "7", "STANDARD"), (Text(answer, "ETag"), Text(answer, "ObjectSize"), Text(answer, "StorageClass")));
        (await _raw.SendAsync("GET", "/attributes/key?attributes", null, "x-amz-object-attributes", "Colour")).ShouldBe(400, "InvalidArgument");
    }

    [Fact]
    public async Task Given_a_part_that_was_sent_twice_When_both_are_listed_Then_S3_refuses_the_order_and_takes_the_one_that_ended_last()
    {
        await _raw.SendAsync("PUT", "/twice");
        var id = Text(XElement.Parse((await _raw.SendAsync("POST", "/twice/key?uploads")).Text), "UploadId");
        var part = $"/twice/key?partNumber=1&uploadId={id}";
        var (b, a) = ((await _raw.SendAsync("PUT", part, "b")).Header("ETag"), (await _raw.SendAsync("PUT", part, "a")).Header("ETag"));
        Task<RawAnswer> CompleteAsync(params string?[] tags) => _raw.SendAsync(
            "POST", $"/twice/key?uploadId={id}",
            $"<CompleteMultipartUpload>{string.Concat(tags.Select(tag => $"<Part><PartNumber>1</PartNumber><ETag>{tag}</ETag></Part>"))}</CompleteMultipartUpload>");

        (await CompleteAsync(b, a)).ShouldBe(400, "InvalidPartOrder");
        (await CompleteAsync(b)).ShouldBe(400, "InvalidPart");
        (await CompleteAsync(a)).ShouldBe(200);
        Assert.Equal("a", (await _raw.SendAsync("GET", "/twice/key")).Text);
    }

    private static string? Text(XElement element, string name) => element.Element(Namespace + name)?.Value;

    private async Task CreateVersionedAsync(string bucket)
    {
        await _raw.SendAsync("PUT", "/" + bucket);
        (await _raw.SendAsync("PUT", $"/{bucket}?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")).ShouldBe(200);
    }

    private static (string, string)[] OwnHeaders(string head) =>
        [.. head.Split("\r\n").Where(line => line.StartsWith("x-amz-", StringComparison.Ordinal)).Select(line => line.Split(": ", 2)).Select(header => (header[0], header[1]))];

    /// <summary>Sends a request's head byte for byte and reads until the connection ends or the head of the answer is there.</summary>
    private async Task<string> SendAsync(string head)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(sandbox.Url.Host, sandbox.Url.Port);
        var stream = client.GetStream();
        var target = head.Split(' ');
        var signature = new RequestSignature("s3").Headers(target[0], new Uri(sandbox.Url, target[1]), OwnHeaders(head), []).Select(header => $"{header.Name}: {header.Value}\r\n");
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{head}Host: {sandbox.Url.Authority}\r\n{string.Concat(signature)}\r\n"));
        var (answer, buffer) = (new StringBuilder(), new byte[4096]);
        while (!answer.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer) is var count and > 0)
        {
            answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return answer.ToString();
    }
}
