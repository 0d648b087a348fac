using BuildPipeline.Sandbox.Kernel;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.Pricing;

/// <summary>What the sandbox charges: the project's own dated price table.</summary>
internal sealed class RateTable
{
    private readonly List<(Regex Types, decimal Ratio)> _ratios;

    public RateTable()
    {
        using var stream = typeof(RateTable).Assembly.GetManifestResourceStream("prices.json")!;
        using var document = JsonDocument.Parse(stream);
        var root = document.RootElement;
        Date = DateOnly.Parse(root.GetProperty("date").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        Regions = [.. root.GetProperty("regions").EnumerateArray().Select(region => region.GetString()!)];
        Training = InstanceFacts.Types.Where(fact => fact.UsdPerHour is not null)
            .ToDictionary(fact => fact.Type, fact => fact.UsdPerHour!.Value, StringComparer.Ordinal);
        _ratios = [.. root.GetProperty("ec2_ratios").EnumerateArray()
            .Select(ratio => (new Regex(ratio.GetProperty("types").GetString()!), ratio.GetProperty("ratio").GetDecimal()))];
    }

    public DateOnly Date { get; }

    public IReadOnlyList<string> Regions { get; }

    /// <summary>On-demand training rates, dollars a node-hour, by instance type.</summary>
    public IReadOnlyDictionary<string, decimal> Training { get; }

    /// <summary>EC2's on-demand rate of a type without the <c>ml.</c>; null if it is not known.</summary>
    public decimal? Ec2OnDemand(string ec2Type) =>
        Training.TryGetValue($"ml.{ec2Type}", out var rate) && _ratios.Find(ratio => ratio.Types.IsMatch($"ml.{ec2Type}")) is { Types: not null } match
            ? rate / match.Ratio
            : null;
}
