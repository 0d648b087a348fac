using System.Net;
using Amazon.S3.Model;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Budgets;
using BuildPipeline.Cli;
using BuildPipeline.Pipeline.Tests.Accounts;
using BuildPipeline.Pipeline.Tests.Journal;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Tasks;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class StateBucketTests : IDisposable
{
    private readonly TempFolder _root = new();
    private readonly IAwsClients _clients = TestRuns.Clients();
    private readonly List<string> _keys = ["sandbox/terraform.tfstate"];

    public StateBucketTests()
    {
        _root.Write("infra/environments/sandbox.tfvars", "");
        _root.Write("infra/environments/sandbox.s3.tfbackend", "bucket = \"states\"\nkey = \"sandbox/terraform.tfstate\"");
        _clients.S3.ListVersionsAsync(Arg.Any<ListVersionsRequest>(), default).ReturnsForAnyArgs(call => new ListVersionsResponse
        {
            Versions = [.. _keys.Where(key => key.StartsWith(call.Arg<ListVersionsRequest>().Prefix ?? "", StringComparison.Ordinal)).Select(key => new S3ObjectVersion { Key = key, VersionId = "1" })],
        });
        _clients.S3.DeleteObjectsAsync(default!, default).ReturnsForAnyArgs(_ =>
        {
            _keys.Clear();
            return new DeleteObjectsResponse();
        });
    }

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData(true, null, true)]
    [InlineData(true, "ledger", false)]
    [InlineData(false, null, false)]
    public async Task Given_NothingIsLeft_When_TheStateBucketIsRemoved_Then_OnlyThePipelinesOwnGoesAndNeverALedger(bool isOwn, string? ledger, bool removed)
    {
        if (ledger is not null)
        {
            _keys.Add($"{S3LedgerStore.Prefix}{ledger}");
        }

        Assert.Equal(removed ? null : "states", await Bucket(isOwn).RemoveAsync(default));

        await _clients.S3.ReceivedWithAnyArgs(removed ? 1 : 0).DeleteBucketAsync(default(string), default);
        Assert.Equal(removed, _keys.Count == 0);
    }

    [Fact]
    public async Task Given_CredentialsThatMayNotCreateIt_When_TheAccountIsOpened_Then_TheErrorIsTyped()
    {
        _clients.S3.PutBucketAsync(default(string), default).ThrowsAsyncForAnyArgs(ConditionalBucket.Error(HttpStatusCode.Forbidden, "AccessDenied"));

        Assert.Equal(AccountErrors.AccessDenied, (await Assert.ThrowsAsync<PipelineException>(() => Bucket(isOwn: true).EnsureExistsAsync(default))).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Given_AnAccount_When_ItIsOpened_Then_OnlyThePipelinesOwnStateBucketIsCreated(bool isOwn)
    {
        await Bucket(isOwn).EnsureExistsAsync(default);

        await _clients.S3.ReceivedWithAnyArgs(isOwn ? 1 : 0).PutBucketAsync(default(string), default);
    }

    private StateBucket Bucket(bool isOwn)
    {
        var account = new TestAccount { OwnsStateBucket = isOwn };
        return new(account, new EnvironmentFiles(CommandLine.Read(["--target=Cleanup"], ["Cleanup"], _root.Root), account, Sample.Hints), _clients);
    }
}
