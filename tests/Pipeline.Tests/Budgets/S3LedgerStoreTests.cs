using Amazon.Runtime;
using Amazon.S3;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Budgets;
using BuildPipeline.Pipeline.Tests.Aws;
using BuildPipeline.Pipeline.Tests.Journal;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Budgets;

public sealed class S3LedgerStoreTests
{
    private const string Document = """{"format":"team-ledger/1","team":"research","entries":[]}""";

    private const string ETag = "\"d41d8cd98f00b204e9800998ecf8427e-1\"";

    private readonly FakeTimeProvider _time = new(Sample.Noon);

    [Fact]
    public async Task Given_ALedger_When_Read_Then_ItsVersionComesAlong()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, Document, ("ETag", ETag)));

        var page = await Store(endpoint).ReadAsync("research", default);

        Assert.Equal(("research", ETag), (page.Ledger.Team, page.Version));
    }

    [Fact]
    public async Task Given_NoLedger_When_Read_Then_ItIsEmptyAndHasNoVersion()
    {
        using var endpoint = new FakeAwsEndpoint(Error(404, "NoSuchKey"));

        var page = await Store(endpoint).ReadAsync("research", default);

        Assert.Null(page.Version);
        Assert.Empty(page.Ledger.Entries);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    public async Task Given_AMachineWhoseClockIsWrong_When_ALedgerIsRead_Then_S3sClockCounts(int status)
    {
        using var endpoint = new FakeAwsEndpoint(status == 200 ? new Answer(200, Document) : Error(404, "NoSuchKey"));

        var page = await Store(endpoint).ReadAsync("research", default);

        // The machine's clock stands in January 2026, the endpoint tells the true time.
        Assert.True(page.Now > Sample.Noon.AddDays(1), $"{page.Now:O}");
    }

    [Theory]
    [InlineData(412, "PreconditionFailed")]
    [InlineData(409, "ConditionalRequestConflict")]
    [InlineData(404, "NoSuchKey")]
    public async Task Given_ALedgerThatSomebodyHasChanged_When_Written_Then_NothingIs(int status, string code)
    {
        using var endpoint = new FakeAwsEndpoint(Error(status, code));

        Assert.False(await Store(endpoint).TryWriteAsync(new TeamLedger { Team = "research" }, ETag, default));
    }

    [Fact]
    public async Task Given_AMissingStateBucket_When_Read_Then_ItIsNotTakenForAnEmptyLedger()
    {
        using var endpoint = new FakeAwsEndpoint(Error(404, "NoSuchBucket"));

        var failure = await Assert.ThrowsAsync<PipelineException>(() => Store(endpoint).ReadAsync("research", default));

        Assert.Equal((AccountErrors.NoStateBucket, ExitCode.BadConfiguration), (failure.Code, failure.ExitCode));
        Assert.Contains("./build.sh --target=Bootstrap", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_ADocumentThatIsNoLedger_When_Read_Then_TheObjectIsNamed()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, "{\"team\":"));

        var failure = await Assert.ThrowsAsync<PipelineException>(() => Store(endpoint).ReadAsync("research", default));

        Assert.Equal(ExitCode.BadConfiguration, failure.ExitCode);
        Assert.Contains("Restore an earlier version", failure.Message, StringComparison.Ordinal);
    }

    private S3LedgerStore Store(FakeAwsEndpoint endpoint)
    {
        var clients = Substitute.For<IAwsClients>();
        clients.Connection.Returns(new SandboxConnection("us-east-1", new Uri(endpoint.Url)));
        clients.S3.Returns(new AmazonS3Client(
            new BasicAWSCredentials("sandbox", "sandbox"),
            new AmazonS3Config { ServiceURL = endpoint.Url, AuthenticationRegion = "us-east-1", ForcePathStyle = true, MaxErrorRetry = 0 }));
        return new S3LedgerStore(new S3Documents(clients, new NamedBucket("state"), _time, Sample.Hints));
    }

    private static Answer Error(int status, string code) => new(status, $"<Error><Code>{code}</Code><Message>{code}</Message></Error>", ("Content-Type", "application/xml"));
}
