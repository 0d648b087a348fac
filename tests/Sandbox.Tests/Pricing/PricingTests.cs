using System.Globalization;
using System.Text.Json;
using Amazon.EC2;
using Amazon.EC2.Model;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Pricing;

public sealed class PricingTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task Given_no_credentials_When_the_price_list_is_read_Then_it_has_the_form_of_AWSs()
    {
        using var http = new HttpClient { BaseAddress = sandbox.Url };

        using var list = JsonDocument.Parse(await http.GetStreamAsync("/offers/v1.0/aws/AmazonSageMaker/current/us-east-1/index.json"));

        var product = list.RootElement.GetProperty("products").EnumerateObject().Single(product =>
            product.Value.GetProperty("attributes").GetProperty("usagetype").GetString() == "USE1-Train:ml.g5.2xlarge");
        var term = list.RootElement.GetProperty("terms").GetProperty("OnDemand").GetProperty(product.Name).EnumerateObject().Single().Value;
        var price = term.GetProperty("priceDimensions").EnumerateObject().Single().Value;
        Assert.Equal("Training", product.Value.GetProperty("attributes").GetProperty("platoinstancetype").GetString());
        Assert.Equal(("Hrs", "1.5150000000"), (price.GetProperty("unit").GetString(), price.GetProperty("pricePerUnit").GetProperty("USD").GetString()));
    }

    [Fact]
    public async Task Given_a_region_without_prices_When_its_list_is_read_Then_there_is_none()
    {
        using var http = new HttpClient { BaseAddress = sandbox.Url };

        using var answer = await http.GetAsync("/offers/v1.0/aws/AmazonSageMaker/current/eu-west-1/index.json");

        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Given_the_SDK_When_spot_prices_are_asked_for_Then_a_week_comes_in_pages_and_is_plausible()
    {
        using var ec2 = Create();
        var end = TimeProvider.System.GetUtcNow().UtcDateTime;
        var request = new DescribeSpotPriceHistoryRequest
        {
            InstanceTypes = ["g5.xlarge"], ProductDescriptions = ["Linux/UNIX"], StartTime = end.AddDays(-7), EndTime = end, MaxResults = 50,
        };

        var prices = new List<SpotPrice>();
        do
        {
            var page = await ec2.DescribeSpotPriceHistoryAsync(request);
            Assert.InRange(page.SpotPriceHistory.Count, 1, 50);
            prices.AddRange(page.SpotPriceHistory);
            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));

        Assert.Equal(["us-east-1a", "us-east-1b", "us-east-1c"], prices.Select(price => price.AvailabilityZone).Distinct().Order());
        Assert.All(prices, price => Assert.InRange(decimal.Parse(price.Price, CultureInfo.InvariantCulture) / (1.408m / 1.40m), 0.2m, 0.4m));
        Assert.True(prices.Select(price => price.Price).Distinct().Count() > 20);
    }

    [Fact]
    public async Task Given_a_type_that_EC2_does_not_have_When_spot_prices_are_asked_for_Then_it_is_refused_by_name()
    {
        using var ec2 = Create();

        var error = await Assert.ThrowsAsync<AmazonEC2Exception>(
            () => ec2.DescribeSpotPriceHistoryAsync(new DescribeSpotPriceHistoryRequest { InstanceTypes = ["x9.huge"] }));

        Assert.Contains("x9.huge", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_another_operation_of_EC2_When_called_Then_the_error_is_EC2s_own()
    {
        using var ec2 = Create();

        var error = await Assert.ThrowsAsync<AmazonEC2Exception>(() => ec2.DescribeRegionsAsync());

        Assert.Equal("InvalidAction", error.ErrorCode);
    }

    private AmazonEC2Client Create() => new(
        SandboxFixture.Credentials, new AmazonEC2Config { ServiceURL = sandbox.Url.ToString(), AuthenticationRegion = "us-east-1" });
}
