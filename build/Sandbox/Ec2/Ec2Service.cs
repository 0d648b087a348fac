using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Pricing;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Registry;

namespace BuildPipeline.Sandbox.Ec2;

/// <summary>EC2's query protocol, for the spot price history and the tags of what terraform has created.</summary>
internal sealed class Ec2Service(RateTable rates, IResourceRegistry resources, TimeProvider time) : IAwsService
{
    private const int MostResults = 1000;
    private const int LeastTags = 5;

    private static readonly XNamespace Namespace = "http://ec2.amazonaws.com/doc/2016-11-15/";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(90);
    private static readonly RequestGuard Guard = new("ec2", "InvalidParameterValue", "InvalidParameterValue");

    private readonly SpotPriceHistory _history = new(rates);

    public string SigningName => "ec2";

    public async Task HandleAsync(HttpContext context)
    {
        var (action, input) = await QueryProtocol.ReadAsync(context, Guard);
        AwsCall.Of(context, input).Authorize(Guard.Service, action);
        if (input.Flag("DryRun"))
        {
            throw new AwsError(412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.");
        }

        var content = action == "DescribeTags" ? Tags(input) : SpotPrices(input, AwsScope.Current(context).Region);
        var response = Element(action + "Response", [Element("requestId", context.TraceIdentifier), .. content]);
        context.Response.ContentType = "text/xml";
        await context.Response.WriteAsync(response.ToString(SaveOptions.DisableFormatting), context.RequestAborted);
    }

    private IEnumerable<XElement> SpotPrices(JsonObject input, string region)
    {
        var now = time.GetUtcNow();
        var to = input.Time("EndTime") is { } end && end < now ? end : now;
        var from = input.Time("StartTime") is { } start ? (start > now - Longest ? start : now - Longest) : to;
        var types = input.Texts("InstanceTypes");
        var (zone, products, filters) = (input.Text("AvailabilityZone"), input.Texts("ProductDescriptions"), Filter.Parse(input));
        var prices = (types.Count > 0 ? types : rates.Training.Keys.Select(type => type["ml.".Length..]))
            .SelectMany(type => _history.Between(type, region, from, to))
            .Where(price => (zone ?? price.Zone) == price.Zone && (products.Count == 0 || products.Contains(SpotPrice.Product)))
            .Where(price => filters.All(filter => filter.Passes(price.Field(filter.Name))))
            .ToList();
        var (page, next) = Paging.Page(prices, input.Text("NextToken"), PageSize(input, 1), InvalidToken);
        return [Element("spotPriceHistorySet", [.. page.Select(Item)]), Element("nextToken", next ?? "")];
    }

    private IEnumerable<XElement> Tags(JsonObject input)
    {
        ResourceTag[] tags = [.. ResourceTags.Find(resources.Resources, Filter.Parse(input))];
        var (page, next) = Paging.Page(tags, input.Text("NextToken"), PageSize(input, LeastTags), InvalidToken);
        return
        [
            Element("tagSet", [.. page.Select(tag => Element(
                "item", Element("resourceId", tag.Id), Element("resourceType", tag.Type), Element("key", tag.Key), Element("value", tag.Value)))]),
            .. next is null ? Array.Empty<XElement>() : [Element("nextToken", next)],
        ];
    }

    private static XElement Item(SpotPrice price) => Element(
        "item",
        Element("instanceType", price.InstanceType),
        Element("productDescription", SpotPrice.Product),
        Element("spotPrice", price.Text),
        Element("timestamp", price.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.000'Z'", CultureInfo.InvariantCulture)),
        Element("availabilityZone", price.Zone));

    private static int PageSize(JsonObject input, int least) => input.Integer("MaxResults") is not { } size ? MostResults
        : size >= least && size <= MostResults ? size
        : throw new AwsError(400, "InvalidParameterValue", $"Value ( {size} ) for parameter maxResults is invalid. Expecting a value from {least} to {MostResults}.");

    private static AwsError InvalidToken() => new(400, "InvalidParameterValue", "The parameter NextToken is invalid: it comes from another request.");

    private static XElement Element(string name, params object[] content) => new(Namespace + name, content);
}
