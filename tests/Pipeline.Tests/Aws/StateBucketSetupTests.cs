using System.Net;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace BuildPipeline.Pipeline.Tests.Aws;

public sealed class StateBucketSetupTests
{
    private readonly IAmazonS3 _s3 = Substitute.For<IAmazonS3>();
    private readonly IAwsClients _clients = Substitute.For<IAwsClients>();

    public StateBucketSetupTests()
    {
        _clients.S3.Returns(_s3);
        _clients.Connection.Returns(new PublicConnection("us-east-1"));
        _s3.GetBucketVersioningAsync(Arg.Any<GetBucketVersioningRequest>(), default).ReturnsForAnyArgs(new GetBucketVersioningResponse());
        _s3.GetBucketEncryptionAsync(default!, default).ThrowsAsyncForAnyArgs(Error(HttpStatusCode.NotFound, "ServerSideEncryptionConfigurationNotFoundError"));
        _s3.GetPublicAccessBlockAsync(default!, default).ThrowsAsyncForAnyArgs(Error(HttpStatusCode.NotFound, "NoSuchPublicAccessBlockConfiguration"));
        _s3.GetBucketPolicyAsync(Arg.Any<GetBucketPolicyRequest>(), default).ThrowsAsyncForAnyArgs(Error(HttpStatusCode.NotFound, "NoSuchBucketPolicy"));
    }

    [Fact]
    public async Task Given_NoBucket_When_SetUp_Then_ItIsCreatedWithEachProperty()
    {
        Head(HttpStatusCode.NotFound);

        var properties = await SetUpAsync();

        Assert.Equal(5, properties.Count);
        Assert.All(properties, property => Assert.True(property.Changed, property.Name));
        await _s3.Received().PutBucketAsync("state", Arg.Any<CancellationToken>());
        await _s3.Received().HeadBucketAsync(Arg.Is<HeadBucketRequest>(head => head.ExpectedBucketOwner == "111122223333"), Arg.Any<CancellationToken>());
        await _s3.Received().PutBucketVersioningAsync(Arg.Is<PutBucketVersioningRequest>(put => put.VersioningConfig.Status == VersionStatus.Enabled), Arg.Any<CancellationToken>());
        await _s3.Received().PutPublicAccessBlockAsync(
            Arg.Is<PutPublicAccessBlockRequest>(put => put.PublicAccessBlockConfiguration.RestrictPublicBuckets == true), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Given_ABucketWithPartOfTheProperties_When_SetUp_Then_OnlyTheOthersAreSet()
    {
        _s3.GetBucketVersioningAsync(Arg.Any<GetBucketVersioningRequest>(), default).ReturnsForAnyArgs(
            new GetBucketVersioningResponse { VersioningConfig = new() { Status = VersionStatus.Enabled } });
        _s3.GetPublicAccessBlockAsync(default!, default).ReturnsForAnyArgs(
            new GetPublicAccessBlockResponse { PublicAccessBlockConfiguration = new() { BlockPublicAcls = true, IgnorePublicAcls = true, BlockPublicPolicy = false, RestrictPublicBuckets = true } });

        var properties = await SetUpAsync();

        Assert.Equal([false, false, true, true, true], properties.Select(property => property.Changed));
        await _s3.DidNotReceiveWithAnyArgs().PutBucketAsync(default(string)!, default);
        await _s3.DidNotReceiveWithAnyArgs().PutBucketVersioningAsync(default!, default);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, null)]
    [InlineData(HttpStatusCode.NotFound, "BucketAlreadyExists")]
    public async Task Given_ABucketOfAnotherAccount_When_SetUp_Then_ItIsRefusedAndNothingIsSet(HttpStatusCode head, string? create)
    {
        Head(head);
        if (create is not null)
        {
            _s3.PutBucketAsync(default(string)!, default).ThrowsAsyncForAnyArgs(Error(HttpStatusCode.Conflict, create));
        }

        var refused = await Assert.ThrowsAsync<PipelineException>(SetUpAsync);

        Assert.Equal(AccountErrors.ForeignBucket, refused.Code);
        Assert.Contains("111122223333", refused.Message, StringComparison.Ordinal);
        await _s3.DidNotReceiveWithAnyArgs().PutBucketVersioningAsync(default!, default);
        await _s3.DidNotReceiveWithAnyArgs().PutBucketPolicyAsync(default(PutBucketPolicyRequest)!, default);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"x"}]}""", 2)]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"x"}}""", 2)]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"x","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}""", 2)]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:*","Resource":"x","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}""", 0)]
    public void Given_APolicy_When_TlsIsRequired_Then_ItsStatementsStayAndOneIsAddedWhereNoneRefusesHttp(string? policy, int statements)
    {
        var result = StateBucketSetup.WithTlsOnly("state", policy);

        Assert.Equal(statements == 0, result is null);
        if (result is not null)
        {
            Assert.Equal(statements, JsonNode.Parse(result)!["Statement"]!.AsArray().Count);
            Assert.Null(StateBucketSetup.WithTlsOnly("state", result));
        }
    }

    private void Head(HttpStatusCode status) => _s3.HeadBucketAsync(default!, default).ThrowsAsyncForAnyArgs(Error(status, status.ToString()));

    private Task<IReadOnlyList<BucketProperty>> SetUpAsync() => new StateBucketSetup(_clients).EnsureAsync("state", "111122223333", default);

    private static AmazonS3Exception Error(HttpStatusCode status, string code) => new(code, null, ErrorType.Sender, code, "r", status);
}
