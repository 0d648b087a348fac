namespace BuildPipeline.Prices;

/// <summary>Gathers the prices of a run, each from the best source that has it: AWS, the dated table, or nobody.</summary>
public sealed class PriceReader(PriceBook book, PriceList list, SpotMarketPrices market, TimeProvider time)
{
    /// <summary>The prices of those instance types, and of the infrastructure.</summary>
    /// <exception cref="PipelineException">There is no such instance type (exit code 2).</exception>
    public async Task<PriceSnapshot> ReadAsync(string region, IReadOnlyList<string> instanceTypes, CancellationToken cancellationToken)
    {
        var table = book.Snapshot(region, instanceTypes);
        var (published, listNote) = await list.ReadAsync(region, cancellationToken);
        var rates = instanceTypes.Select(type => published?.Rates.TryGetValue(type, out var rate) == true
            ? new PriceInput(type, rate, PriceBook.RateUnit, $"AWS price list for {region}", published.Published)
            : table[type]).ToList();
        var (discounts, marketNote) = await market.ReadAsync(
            rates.Where(rate => rate.Value is not null).ToDictionary(rate => rate.Name, rate => rate.Value!.Value), cancellationToken);
        return new PriceSnapshot
        {
            Inputs = [.. rates, .. discounts.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => Spot(pair.Key, pair.Value)), .. table.Inputs.Skip(instanceTypes.Count)],
            Notes = [.. new[] { listNote, marketNote }.OfType<string>()],
        };
    }

    private IEnumerable<PriceInput> Spot(string type, SpotDiscount discount)
    {
        var source = $"EC2 spot prices of the last {SpotMarketPrices.Window.TotalDays:0} days in {Counted.Format(discount.Zones, "zone")}, against SageMaker's rate / {book.Ec2RatioOf(type)}";
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        yield return new PriceInput(PriceNames.Create(PriceNames.ExpectedDiscount, type), discount.Expected, "share", source, today);
        yield return new PriceInput(PriceNames.Create(PriceNames.P90Discount, type), discount.P90, "share", source, today);
    }
}
