using System.Globalization;
using Amazon.EC2.Model;
using BuildPipeline.Aws;

namespace BuildPipeline.Prices;

/// <summary>What EC2's spot market of the last days lets one expect of managed spot, for which SageMaker publishes no rates.</summary>
public sealed class SpotMarketPrices(IAwsClients clients, PriceBook book, TimeProvider time)
{
    /// <summary>How far back the market is read.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(7);

    // Some types change their price every few hours in every zone; this is far beyond what a week brings.
    private const int MostPages = 50;

    /// <summary>Discounts against on demand of the instance types whose rates are known.</summary>
    /// <param name="rates">SageMaker's on-demand rates, dollars a node-hour.</param>
    /// <returns>Types without a comparable EC2 rate or without history are missing; a note where EC2 did not answer.</returns>
    internal async Task<(IReadOnlyDictionary<string, SpotDiscount> Discounts, string? Note)> ReadAsync(
        IReadOnlyDictionary<string, decimal> rates, CancellationToken cancellationToken)
    {
        var onDemand = rates
            .Where(rate => book.Ec2RatioOf(rate.Key) is not null)
            .ToDictionary(rate => Ec2TypeOf(rate.Key), rate => (Type: rate.Key, Rate: rate.Value / book.Ec2RatioOf(rate.Key)!.Value));
        if (onDemand.Count == 0)
        {
            return (new Dictionary<string, SpotDiscount>(), null);
        }

        try
        {
            var history = await HistoryAsync([.. onDemand.Keys], cancellationToken);
            var now = time.GetUtcNow();
            return (history
                .GroupBy(price => price.InstanceType.Value)
                .Where(prices => onDemand.ContainsKey(prices.Key))
                .ToDictionary(prices => onDemand[prices.Key].Type, prices => Discount([.. prices], onDemand[prices.Key].Rate, now)), null);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            var reason = AwsErrors.ToPipelineException(exception, "reading EC2's spot prices", clients.Connection).Message.TrimEnd('.');
            return (new Dictionary<string, SpotDiscount>(), $"The EC2 spot price history could not be read ({reason}). The project's assumption is used instead.");
        }
    }

    private async Task<List<SpotPrice>> HistoryAsync(List<string> types, CancellationToken cancellationToken)
    {
        var request = new DescribeSpotPriceHistoryRequest
        {
            InstanceTypes = types,
            ProductDescriptions = ["Linux/UNIX"],
            StartTime = (time.GetUtcNow() - Window).UtcDateTime,
            EndTime = time.GetUtcNow().UtcDateTime,
            MaxResults = 1000,
        };
        var prices = new List<SpotPrice>();
        for (var page = 0; page < MostPages; page++)
        {
            var answer = await clients.Ec2.DescribeSpotPriceHistoryAsync(request, cancellationToken);
            prices.AddRange(answer.SpotPriceHistory ?? []);
            request.NextToken = answer.NextToken;
            if (string.IsNullOrEmpty(answer.NextToken))
            {
                break;
            }
        }

        return prices;
    }

    /// <summary>Each price counts for as long as it was valid, in every zone alike.</summary>
    private static SpotDiscount Discount(IReadOnlyList<SpotPrice> history, decimal onDemand, DateTimeOffset now)
    {
        var standing = history
            .GroupBy(price => price.AvailabilityZone)
            .SelectMany(zone => HoursAtEachPrice([.. zone.OrderBy(price => price.Timestamp)], now))
            .OrderBy(price => price.Price)
            .ToList();
        var whole = standing.Sum(price => price.Hours);
        var mean = standing.Sum(price => price.Price * price.Hours) / whole;
        var passed = 0m;
        var high = standing.First(price => (passed += price.Hours) >= 0.9m * whole).Price;
        return new SpotDiscount(Share(mean), Share(Math.Max(mean, high)), history.Select(price => price.AvailabilityZone).Distinct().Count());

        decimal Share(decimal price) => Math.Clamp(decimal.Round(1 - (price / onDemand), 4), 0, 0.95m);
    }

    private static IEnumerable<(decimal Price, decimal Hours)> HoursAtEachPrice(IReadOnlyList<SpotPrice> zone, DateTimeOffset now)
    {
        var from = (now - Window).UtcDateTime;
        for (var i = 0; i < zone.Count; i++)
        {
            var start = zone[i].Timestamp is { } at && at.ToUniversalTime() > from ? at.ToUniversalTime() : from;
            var end = i + 1 < zone.Count ? zone[i + 1].Timestamp!.Value.ToUniversalTime() : now.UtcDateTime;
            var hours = Math.Max((decimal)(end - start).TotalHours, 0.0001m);
            yield return (decimal.Parse(zone[i].Price, NumberStyles.Float, CultureInfo.InvariantCulture), hours);
        }
    }

    private static string Ec2TypeOf(string instanceType) => instanceType["ml.".Length..];
}

/// <summary>The part of the on-demand rate that spot saves, 0 to 1.</summary>
/// <param name="Expected">Average over time and zones.</param>
/// <param name="P90">For nine tenths of the time at least.</param>
/// <param name="Zones">Zones that were seen.</param>
internal sealed record SpotDiscount(decimal Expected, decimal P90, int Zones);
