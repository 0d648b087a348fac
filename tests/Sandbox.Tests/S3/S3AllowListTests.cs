using BuildPipeline.Sandbox.S3.Protocol;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.S3;

/// <summary>What the sandbox does not emulate of S3: it is refused by its name, and nothing changes.</summary>
public sealed class S3AllowListTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>, IAsyncLifetime
{
    private readonly RawS3 _raw = new(sandbox);

    public static TheoryData<string> OtherOperations =>
    [
        // S3 sends this one to a host of its own, and it has the same form as ListBuckets.
        .. S3Route.Model.Operations.Keys.Except(S3Route.Model.Support.Keys).Except(["WriteGetObjectResponse", "ListDirectoryBuckets"])
            .Where(name => name is not ("GetBucketLifecycle" or "PutBucketLifecycle" or "GetBucketNotification" or "PutBucketNotification")),
    ];

    public async Task InitializeAsync()
    {
        (await _raw.SendAsync("PUT", "/kept")).ShouldBe(200);
        (await _raw.SendAsync("PUT", "/kept/object", "content")).ShouldBe(200);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [MemberData(nameof(OtherOperations))]
    public async Task Given_an_operation_that_is_not_emulated_When_asked_Then_it_is_refused_by_name_and_nothing_changes(string operation)
    {
        var model = S3Route.Model.Operations[operation];
        var path = model.Uri.Replace("{Bucket}", "kept", StringComparison.Ordinal).Replace("{Key+}", "object", StringComparison.Ordinal);
        var query = model.Query.Contains("id") ? "&id=some" : "";

        var answer = await _raw.SendAsync(
            model.Method, path + query, model.Method is "PUT" or "POST" ? "<X/>" : null, "x-amz-rename-source", "/kept/object");

        answer.ShouldBe(501, "NotImplemented");
        Assert.Contains(operation, answer.Text, StringComparison.Ordinal);
        Assert.Equal("content", (await _raw.SendAsync("GET", "/kept/object")).Text);
    }

    [Theory]
    [InlineData("PUT", "/kept/object", "x-amz-write-offset-bytes", "7")]
    [InlineData("PUT", "/kept/object", "x-amz-request-payer", "requester")]
    [InlineData("PUT", "/kept/object", "x-amz-server-side-encryption-context", "e30=")]
    [InlineData("PUT", "/kept/object", "x-amz-checksum-sha512", "AA==")]
    [InlineData("PUT", "/kept/object", "x-amz-invented", "1")]
    [InlineData("PUT", "/kept/object", "If-Modified-Since", "Wed, 21 Oct 2015 07:28:00 GMT")]
    [InlineData("DELETE", "/kept/object", "x-amz-mfa", "serial 123456")]
    [InlineData("DELETE", "/kept/object", "x-amz-if-match-size", "7")]
    [InlineData("GET", "/kept", "x-amz-optional-object-attributes", "RestoreStatus")]
    [InlineData("PUT", "/other", "x-amz-bucket-namespace", "account-regional")]
    public async Task Given_a_header_that_is_not_emulated_When_sent_Then_it_is_refused_by_name(string method, string path, string header, string value)
    {
        var answer = await _raw.SendAsync(method, path, method == "PUT" ? "other" : null, header, value);

        answer.ShouldBe(501, "NotImplemented");
        Assert.Contains(header, answer.Text, StringComparison.Ordinal);
        Assert.Equal("content", (await _raw.SendAsync("GET", "/kept/object")).Text);
    }

    [Theory]
    [InlineData("GET", "/kept/object")]
    [InlineData("HEAD", "/kept/object")]
    [InlineData("PUT", "/kept/object?partNumber=1&uploadId=some")]
    [InlineData("POST", "/kept/object?uploadId=some")]
    public async Task Given_the_encryption_of_an_object_where_it_cannot_be_chosen_When_sent_Then_it_is_refused_as_S3_words_it(string method, string path)
    {
        var answer = await _raw.SendAsync(
            method, path, method is "PUT" or "POST" ? "part" : null,
            "x-amz-server-side-encryption-aws-kms-key-id", "alias/aws/s3", "x-amz-server-side-encryption", "aws:kms");

        answer.ShouldBe(400, method == "HEAD" ? "" : "InvalidArgument");
    }

    [Theory]
    [InlineData("PUT", "/kept/object?append&position=7", "append")]
    [InlineData("GET", "/kept/object?uploads", "uploads")]
    [InlineData("GET", "/kept?allow-unordered=true", "allow-unordered")]
    [InlineData("DELETE", "/kept?unheard-of", "unheard-of")]
    [InlineData("HEAD", "/kept/object?tagging", "")]
    public async Task Given_a_query_name_that_is_not_emulated_When_sent_Then_it_is_refused_by_name(string method, string path, string name)
    {
        var answer = await _raw.SendAsync(method, path, method == "PUT" ? "other" : null);

        Assert.Equal(501, (int)answer.Status);
        Assert.Contains(name, answer.Text, StringComparison.Ordinal);
        Assert.Equal("content", (await _raw.SendAsync("GET", "/kept/object")).Text);
    }

    [Theory]
    [InlineData("x-id=GetObject")]
    [InlineData("x-log-tag=mine")]
    public async Task Given_a_query_name_that_S3_leaves_to_its_callers_When_sent_Then_it_is_passed_over(string query) =>
        (await _raw.SendAsync("GET", "/kept/object?" + query)).ShouldBe(200);

    [Theory]
    [InlineData("website", "<WebsiteConfiguration><IndexDocument><Suffix>a</Suffix></IndexDocument></WebsiteConfiguration>")]
    [InlineData("cors", "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>")]
    [InlineData("accelerate", "<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>")]
    [InlineData("requestPayment", "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>")]
    [InlineData("logging", "<BucketLoggingStatus><LoggingEnabled><TargetBucket>a</TargetBucket><TargetPrefix>b</TargetPrefix></LoggingEnabled></BucketLoggingStatus>")]
    [InlineData("notification", "<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>")]
    [InlineData("versioning", "<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>")]
    [InlineData("lifecycle", "<LifecycleConfiguration><Rule><Status>Enabled</Status><Prefix/><Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition></Rule></LifecycleConfiguration>")]
    public async Task Given_a_setting_that_would_have_no_effect_When_put_Then_it_is_refused_and_not_there(string setting, string document)
    {
        var before = (await _raw.SendAsync("GET", "/kept?" + setting)).Text.Length;

        (await _raw.SendAsync("PUT", "/kept?" + setting, document)).ShouldBe(501, "NotImplemented");

        Assert.Equal(before, (await _raw.SendAsync("GET", "/kept?" + setting)).Text.Length);
    }
}
