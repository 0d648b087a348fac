using System.Net;
using System.Text.Json;
using Amazon.EC2;
using Amazon.EC2.Model;
using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Pipeline.Tests.Accounts;
using BuildPipeline.Prices;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace BuildPipeline.Pipeline.Tests.Costing;

public sealed class PriceReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("prices-").FullName;
    private readonly FakeTimeProvider _time = new(Sample.Noon);
    private readonly IAmazonEC2 _ec2 = Substitute.For<IAmazonEC2>();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Given_NoSourceAnswers_When_Read_Then_TheTableIsUsedAndBothAreNamed()
    {
        _ec2.DescribeSpotPriceHistoryAsync(default, default).ThrowsAsyncForAnyArgs(new AmazonEC2Exception("no") { ErrorCode = "UnauthorizedOperation", StatusCode = HttpStatusCode.Forbidden });

        var prices = await ReadAsync("ml.g5.xlarge");

        Assert.Equal(1.408m, prices["ml.g5.xlarge"].Value);
        Assert.Contains("price table", prices["ml.g5.xlarge"].Source, StringComparison.Ordinal);
        Assert.Equal(2, prices.Notes.Count);
        Assert.Contains("spot price history could not be read", prices.Notes[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_AListOfTheDay_When_Read_Then_ItComesBeforeTheTableAndAUnknownStaysUnknown()
    {
        Keep(new() { ["ml.g5.xlarge"] = 1.5m });
        History();

        var prices = await ReadAsync("ml.g5.xlarge", "ml.g5.2xlarge", "ml.p5en.48xlarge");

        Assert.Equal(1.5m, prices["ml.g5.xlarge"].Value);
        Assert.Equal("AWS price list for us-east-1, 2026-01-30 (1 day old)", prices["ml.g5.xlarge"].Origin(new DateOnly(2026, 1, 31)));
        Assert.Equal(1.515m, prices["ml.g5.2xlarge"].Value);
        Assert.Null(prices["ml.p5en.48xlarge"].Value);
        Assert.Empty(prices.Notes);
    }

    [Fact]
    public async Task Given_SpotPrices_When_Read_Then_EachCountsForAsLongAsItStood()
    {
        Keep(new() { ["ml.g5.xlarge"] = 1.4m });
        var week = Sample.Noon.AddDays(-7).UtcDateTime;
        History(("a", week.AddDays(-1), "0.20"), ("a", week.AddDays(6), "0.60"), ("b", week, "0.20"));

        var prices = await ReadAsync("ml.g5.xlarge");

        // On demand is 1.4 / 1.40 = 1 dollar on EC2; 13 of 14 zone-days at 0.20, one at 0.60.
        Assert.Equal(1 - decimal.Round(((13 * 0.20m) + 0.60m) / 14, 4), prices["spot discount, expected, ml.g5.xlarge"].Value);
        Assert.Equal(1 - 0.2286m, prices["spot discount, p90, ml.g5.xlarge"].Value);
        Assert.Contains("2 zones", prices["spot discount, expected, ml.g5.xlarge"].Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_ATypeWithoutAComparableRate_When_Read_Then_EC2IsNotAsked()
    {
        await ReadAsync("ml.m5.large");

        await _ec2.DidNotReceiveWithAnyArgs().DescribeSpotPriceHistoryAsync(default, default);
    }

    [Fact]
    public async Task Given_ASnapshot_When_KeptWithTheRun_Then_ItsDigestIsTheSameAgain()
    {
        Keep(new() { ["ml.g5.xlarge"] = 1.4080000000m });
        History(("a", Sample.Noon.AddDays(-2).UtcDateTime, "0.30"));
        var prices = await ReadAsync("ml.g5.xlarge");

        var again = JsonSerializer.Deserialize<PriceSnapshot>(JsonSerializer.Serialize(prices, RunJson.Indented), RunJson.Indented)!;

        Assert.Equal(prices.Sha256, again.Sha256);
        Assert.NotEqual(prices.Sha256, (prices with { Inputs = [.. prices.Inputs.Skip(1)] }).Sha256);
    }

    private Task<PriceSnapshot> ReadAsync(params string[] types)
    {
        var clients = Substitute.For<IAwsClients>();
        clients.Connection.Returns(new PublicConnection("us-east-1"));
        clients.Ec2.Returns(_ec2);
        var book = new PriceBook();
        using var http = new HttpClient(new Silence());
        var list = new PriceList(new TestAccount(), _folder, http, _time, "http://127.0.0.1:1");
        return new PriceReader(book, list, new SpotMarketPrices(clients, book, _time), _time).ReadAsync("us-east-1", types, CancellationToken.None);
    }

    private void Keep(Dictionary<string, decimal> rates) => File.WriteAllText(
        Path.Combine(_folder, "127.0.0.1-us-east-1.json"),
        JsonSerializer.Serialize(
            new KeptRates(
                KeptRates.CurrentFormat, new Uri("http://127.0.0.1:1/offers/v1.0/aws/AmazonSageMaker/current/us-east-1/index.json"),
                Sample.Noon.AddHours(-1), new DateOnly(2026, 1, 30), "", rates),
            RunJson.Indented));

    private void History(params (string Zone, DateTime At, string Price)[] prices) => _ec2.DescribeSpotPriceHistoryAsync(default, default).ReturnsForAnyArgs(
        new DescribeSpotPriceHistoryResponse
        {
            SpotPriceHistory = [.. prices.Select(price => new SpotPrice { InstanceType = "g5.xlarge", AvailabilityZone = price.Zone, Timestamp = price.At, Price = price.Price })],
        });

    private sealed class Silence : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("Connection refused");
    }
}
