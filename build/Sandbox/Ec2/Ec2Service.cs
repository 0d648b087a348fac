using System.Globalization;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Pricing;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Registry;

namespace BuildPipeline.Sandbox.Ec2;

/// <summary>EC2's query protocol, for the spot price history and the tags of what terraform has created.</summary>
internal sealed class Ec2Service(RateTable rates, IResourceRegistry resources, TimeProvider time) : IAwsService
{
    private const int MostResults = 1000;

    private static readonly XNamespace Namespace = "http://ec2.amazonaws.com/doc/2016-11-15/";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    private readonly SpotPriceHistory _history = new(rates);

    public string SigningName => "ec2";

    public async Task HandleAsync(HttpContext context)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        var response = form["Action"].ToString() switch
        {
            "DescribeSpotPriceHistory" => SpotPrices(form, context.Features.Get<AwsScope>()!.Region, context.TraceIdentifier),
            "DescribeTags" => Tags(form, context.TraceIdentifier),
            var other => throw new AwsError(
                400, "InvalidAction", $"The sandbox's EC2 has DescribeSpotPriceHistory and DescribeTags only, and no action '{other}'."),
        };
        context.Response.ContentType = "text/xml";
        await context.Response.WriteAsync(response.ToString(SaveOptions.DisableFormatting), context.RequestAborted);
    }

    private XElement SpotPrices(IFormCollection form, string region, string requestId)
    {
        var now = time.GetUtcNow();
        var to = Moment(form, "EndTime") is { } end && end < now ? end : now;
        var from = Moment(form, "StartTime") is { } start ? (start > now - Longest ? start : now - Longest) : to;
        var zones = Listed(form, "AvailabilityZone");
        var products = Listed(form, "ProductDescription");
        var types = Listed(form, "InstanceType");
        var prices = (types.Length > 0 ? types : rates.Training.Keys.Select(type => type["ml.".Length..]))
            .SelectMany(type => _history.Of(type, region, from, to))
            .Where(price => (zones.Length == 0 || zones.Contains(price.Zone)) && (products.Length == 0 || products.Contains("Linux/UNIX")))
            .ToList();
        var skip = Number(form, "NextToken") ?? 0;
        var take = Math.Clamp(Number(form, "MaxResults") ?? MostResults, 1, MostResults);
        return Element(
            "DescribeSpotPriceHistoryResponse",
            Element("requestId", requestId),
            Element("spotPriceHistorySet", [.. prices.Skip(skip).Take(take).Select(Item)]),
            Element("nextToken", skip + take < prices.Count ? (skip + take).ToString(CultureInfo.InvariantCulture) : ""));
    }

    private XElement Tags(IFormCollection form, string requestId)
    {
        var filters = ResourceTags.Filters(name => form[name].ToString());
        return Element(
            "DescribeTagsResponse",
            Element("requestId", requestId),
            Element("tagSet", [.. ResourceTags.Find(resources.Resources, filters).Select(tag => Element(
                "item", Element("resourceId", tag.Id), Element("resourceType", tag.Type), Element("key", tag.Key), Element("value", tag.Value)))]));
    }

    private static XElement Item(SpotPrice price) => Element(
        "item",
        Element("instanceType", price.InstanceType),
        Element("productDescription", "Linux/UNIX"),
        Element("spotPrice", price.Price.ToString("0.000000", CultureInfo.InvariantCulture)),
        Element("timestamp", price.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.000'Z'", CultureInfo.InvariantCulture)),
        Element("availabilityZone", price.Zone));

    private static string[] Listed(IFormCollection form, string name) =>
        [.. form.Keys.Where(key => key.StartsWith($"{name}.", StringComparison.Ordinal)).Select(key => form[key].ToString())];

    private static DateTimeOffset? Moment(IFormCollection form, string name) => form[name].ToString() switch
    {
        "" => null,
        var text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) => moment,
        var text => throw new AwsError(400, "InvalidParameterValue", $"Value ({text}) for parameter {name} is invalid. It is not a moment in time."),
    };

    private static int? Number(IFormCollection form, string name) => form[name].ToString() switch
    {
        "" => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw new AwsError(400, "InvalidParameterValue", $"Value ({text}) for parameter {name} is invalid."),
    };

    private static XElement Element(string name, params object[] content) => new(Namespace + name, content);
}
