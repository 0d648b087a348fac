using System.Net;
using System.Text;
using BuildPipeline.Pipeline.Tests.Accounts;
using BuildPipeline.Prices;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Costing;

public sealed class PriceListTests : IDisposable
{
    private const string Region = "us-east-1";

    private readonly string _folder = Directory.CreateTempSubdirectory("prices-").FullName;
    private readonly FakeTimeProvider _time = new(Sample.Noon);
    private readonly Server _server = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Given_AList_When_Read_Then_OnlyTrainingRowsForSaleCount()
    {
        _server.Text = Document(
            Row("A", "ml.g5.xlarge", "USE1-Train:ml.g5.xlarge", "1.4080000000"),
            Row("B", "ml.g5.xlarge", "USE1-Host:ml.g5.xlarge", "9.9", use: "Hosting"),
            Row("C", "ml.g5.xlarge", "USE1-Train:ml.g5.xlarge-FreeTier", "0"),
            Row("D", "ml.g5.2xlarge", "USE1-Outposts-Train:ml.g5.2xlarge", "7"),
            Row("E", "ml.g5.4xlarge", "USW2-Train:ml.g5.4xlarge", "2.03", region: "us-west-2"),
            Row("F", "ml.p6-b200.48xlarge-Training", "USE1-Train:ml.p6-b200.48xlarge", "131.02"));

        var (rates, note) = await Read();

        Assert.Null(note);
        Assert.Equal(new Dictionary<string, decimal> { ["ml.g5.xlarge"] = 1.408m, ["ml.p6-b200.48xlarge"] = 131.02m }, rates!.Rates);
        Assert.Equal(new DateOnly(2026, 1, 30), rates.Published);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(_server.Text))), rates.Sha256);
    }

    [Fact]
    public async Task Given_AListOfToday_When_ReadAgain_Then_ItIsDownloadedOnceADay()
    {
        _server.Text = Good;
        await Read();
        _time.Advance(TimeSpan.FromHours(23));
        await Read();
        Assert.Equal(1, _server.Requests);

        _time.Advance(TimeSpan.FromHours(2));
        await Read();
        Assert.Equal(2, _server.Requests);
    }

    [Fact]
    public async Task Given_NoAnswer_When_Read_Then_TheKeptListIsUsedWithANote()
    {
        _server.Text = Good;
        await Read();
        _time.Advance(TimeSpan.FromDays(3));
        _server.Status = HttpStatusCode.ServiceUnavailable;

        var (rates, note) = await Read();

        Assert.Equal(1.408m, rates!.Rates["ml.g5.xlarge"]);
        Assert.Contains("could not be read", note, StringComparison.Ordinal);
        Assert.Contains("downloaded on 2026-01-31", note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_NoAnswerAndNothingKept_When_Read_Then_TheTableIsNamed()
    {
        _server.Status = HttpStatusCode.NotFound;

        var (rates, note) = await Read();

        Assert.Null(rates);
        Assert.Contains("project's dated table is used instead", note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("truncated", "truncated or damaged")]
    [InlineData("currency", "is in 'CNY', not USD")]
    [InlineData("duplicates", "two rates for ml.g5.xlarge, 1.408 and 1.5")]
    [InlineData("amount", "is 'a lot', which is not a valid price")]
    [InlineData("empty", "no training rates for us-east-1")]
    [InlineData("other", "for offer 'AmazonEC2'")]
    [InlineData("undated", "does not say when it was published")]
    [InlineData("nothing", "truncated or damaged")]
    public async Task Given_ABadList_When_Read_Then_ItIsRefusedWithASentenceAndNothingIsKept(string fault, string sentence)
    {
        _server.Text = Bad(fault);

        var (rates, note) = await Read();

        Assert.Null(rates);
        Assert.Contains("was rejected", note, StringComparison.Ordinal);
        Assert.Contains(sentence, note, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Given_DuplicateRowsThatAgree_When_Read_Then_TheyAreOneRate()
    {
        _server.Text = Document(Row("A", "ml.g5.xlarge", "USE1-Train:ml.g5.xlarge", "1.408"), Row("B", "ml.g5.xlarge", "USE1-Train:ml.g5.xlarge", "1.4080"));

        Assert.Equal(1.408m, (await Read()).Rates!.Rates["ml.g5.xlarge"]);
    }

    [Fact]
    public async Task Given_AKeptFileThatIsDamaged_When_Read_Then_ItIsDownloadedAgain()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "127.0.0.1-us-east-1.json"), "{");
        _server.Text = Good;

        Assert.NotNull((await Read()).Rates);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("http://127.0.0.1:9", "http://127.0.0.1:9/")]
    public void Given_TheAddressVariable_When_Read_Then_ItNamesThePlaceOrNone(string? variable, string? address) =>
        Assert.Equal(address, PriceList.AddressIn(variable)?.ToString());

    [Fact]
    public void Given_AnAddressThatIsNone_When_Read_Then_TheVariableIsNamed() =>
        Assert.Contains("AWS_ENDPOINT_URL_PRICING", Assert.Throws<PipelineException>(() => PriceList.AddressIn("somewhere")).Message, StringComparison.Ordinal);

    [Property]
    public Property Given_AListInAnyPieces_When_Parsed_Then_TheRatesAreTheSame() => Prop.ForAll(
        Gen.Choose(1, 97).ToArbitrary(),
        piece =>
        {
            using var stream = new Pieces(Encoding.UTF8.GetBytes(Good), piece);
            return PriceListParser.ReadAsync(stream, Region, CancellationToken.None).GetAwaiter().GetResult().Rates["ml.g5.xlarge"] == 1.408m;
        });

    [Property]
    public Property Given_AListCutAnywhere_When_Parsed_Then_ItIsRefused() => Prop.ForAll(
        Gen.Choose(0, Good.Length - 1).ToArbitrary(),
        length =>
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Good[..length]));
            var refusal = Record.Exception(() => PriceListParser.ReadAsync(stream, Region, CancellationToken.None).GetAwaiter().GetResult());
            return refusal is PriceListException;
        });

    private async Task<(KeptRates? Rates, string? Note)> Read()
    {
        using var http = new HttpClient(_server, disposeHandler: false);
        return await new PriceList(new TestAccount(), _folder, http, _time, "http://127.0.0.1:1").ReadAsync(Region, CancellationToken.None);
    }

    private static string Good { get; } = Document(Row("A", "ml.g5.xlarge", "USE1-Train:ml.g5.xlarge", "1.408"));

    private static string Bad(string fault) => fault switch
    {
        "truncated" => Good[..(Good.Length / 2)],
        "currency" => Good.Replace("USD", "CNY", StringComparison.Ordinal),
        "duplicates" => Document(Row("A", "ml.g5.xlarge", "USE1-Train:ml.g5.xlarge", "1.408"), Row("B", "ml.g5.xlarge", "USE1-Train:ml.g5.xlarge", "1.5")),
        "amount" => Good.Replace("1.408", "a lot", StringComparison.Ordinal),
        "empty" => Document(),
        "other" => Good.Replace("AmazonSageMaker", "AmazonEC2", StringComparison.Ordinal),
        "undated" => Good.Replace("publicationDate", "published", StringComparison.Ordinal),
        _ => "",
    };

    private static string Document(params (string Product, string Term)[] rows) =>
        $$"""
        {"formatVersion":"v1.0","offerCode":"AmazonSageMaker","publicationDate":"2026-01-30T08:00:00Z",
         "products":{ {{string.Join(",", rows.Select(row => row.Product))}} },
         "terms":{"OnDemand":{ {{string.Join(",", rows.Select(row => row.Term))}} } } }
        """;

    private static (string, string) Row(string sku, string name, string usage, string amount, string use = "Training", string region = Region) => (
        $$"""
        "{{sku}}":{"sku":"{{sku}}","productFamily":"ML Instance","attributes":{"instanceName":"{{name}}","platoinstancetype":"{{use}}","usagetype":"{{usage}}","regionCode":"{{region}}" } }
        """,
        $$"""
        "{{sku}}":{"{{sku}}.T":{"sku":"{{sku}}","priceDimensions":{"{{sku}}.T.R":{"unit":"Hrs","pricePerUnit":{"USD":"{{amount}}" },"appliesTo":[] } } } }
        """);

    private sealed class Server : HttpMessageHandler
    {
        public string Text { get; set; } = "";

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal("/offers/v1.0/aws/AmazonSageMaker/current/us-east-1/index.json", request.RequestUri!.AbsolutePath);
            Requests++;
            return Task.FromResult(new HttpResponseMessage(Status) { Content = new StringContent(Text) });
        }
    }

    /// <summary>Gives so many bytes at a time, as a slow network does.</summary>
    private sealed class Pieces(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
