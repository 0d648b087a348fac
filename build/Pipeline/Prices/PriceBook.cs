using System.Text.Json;
using System.Text.RegularExpressions;

namespace BuildPipeline.Prices;

/// <summary>The dated prices and the assumptions that the project brings along, and the catalog of instance types.</summary>
public sealed class PriceBook
{
    private readonly PriceTable _table;
    private readonly InstanceTable _instances;
    private readonly Dictionary<string, InstanceType> _types;

    /// <summary>Reads the embedded tables.</summary>
    public PriceBook()
    {
        _table = Read<PriceTable>("prices.json");
        _instances = Read<InstanceTable>("instance-types.json");
        _types = _instances.InstanceTypes.ToDictionary(type => type.Type, StringComparer.Ordinal);
    }

    /// <summary>Names of all instance types of the catalog.</summary>
    public IEnumerable<string> InstanceTypes => _types.Keys;

    /// <summary>The inputs of the table alone, for those instance types.</summary>
    /// <exception cref="PipelineException">There is no such instance type (exit code 2).</exception>
    public PriceSnapshot Snapshot(string region, params IReadOnlyList<string> instanceTypes) => new()
    {
        Inputs =
        [
            .. instanceTypes.Select(type => TrainingRate(region, type)),
            .. _table.Inputs.Select(input => new PriceInput(input.Name, input.Value, input.Unit, input.Source, _table.Date)),
        ],
    };

    /// <summary>On-demand training rate of one node; null is unknown, never zero.</summary>
    /// <exception cref="PipelineException">There is no such instance type (exit code 2); the sentence names the nearest.</exception>
    public PriceInput TrainingRate(string region, string instanceType) => Find(instanceType).UsdPerHour is { } rate && _table.Regions.Contains(region)
        ? new PriceInput(instanceType, rate, RateUnit, _table.Source, _instances.Date)
        : new PriceInput(instanceType, null, RateUnit, $"no source has the price in {region}", _instances.Date);

    /// <summary>Unit of a training rate.</summary>
    public const string RateUnit = "USD per node-hour";

    /// <summary>True if the training volume is a local disk that costs nothing extra.</summary>
    /// <exception cref="PipelineException">There is no such instance type (exit code 2).</exception>
    public bool HasLocalDisk(string instanceType) => _instances.Families.Single(family => family.Family == Find(instanceType).Family).LocalNvme;

    /// <summary>GPUs or Trainium chips of one node; null is unknown, never zero.</summary>
    /// <exception cref="PipelineException">There is no such instance type (exit code 2).</exception>
    public int? GpusPerNode(string instanceType) => Find(instanceType).Gpus;

    /// <summary>SageMaker's on-demand rate over EC2's for the same hardware; null if nobody has compared them.</summary>
    public decimal? Ec2RatioOf(string instanceType) =>
        _table.Ec2Ratios.FirstOrDefault(ratio => Regex.IsMatch(instanceType, ratio.Types))?.Ratio;

    /// <summary>The accelerators of an instance type; null if it has none, or none that can be compared.</summary>
    /// <exception cref="PipelineException">There is no such instance type (exit code 2).</exception>
    public (Accelerator Kind, int Count)? AcceleratorsOf(string instanceType) => Find(instanceType) is { Accelerator: { } name, Gpus: { } count }
        && _instances.Accelerators.FirstOrDefault(kind => kind.Name == name) is { } kind
            ? (kind, count)
            : null;

    private static T Read<T>(string resource)
    {
        using var stream = typeof(PriceBook).Assembly.GetManifestResourceStream(resource)!;
        return JsonSerializer.Deserialize<T>(stream, RunJson.Compact)!;
    }

    private InstanceType Find(string instanceType)
    {
        if (_types.TryGetValue(instanceType, out var found))
        {
            return found;
        }

        var nearest = NearestMatch.Find(instanceType, _types.Keys);
        throw new PipelineException(
            PriceErrors.UnknownInstanceType,
            $"Unknown instance type '{instanceType}'.{(nearest is null ? "" : $" Did you mean {nearest}?")} Set instance_type to a SageMaker training type.");
    }
}
