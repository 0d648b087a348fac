using System.Security.Cryptography;
using System.Text.Json;
using BuildPipeline.Runs;

namespace BuildPipeline.Costing;

/// <summary>The dated prices that the project brings along.</summary>
public sealed class PriceBook
{
    private readonly PriceTable _table;
    private readonly Dictionary<string, InstancePrice> _types;

    /// <summary>Reads the embedded table.</summary>
    public PriceBook()
    {
        using var stream = typeof(PriceBook).Assembly.GetManifestResourceStream("prices.json")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        _table = JsonSerializer.Deserialize<PriceTable>(bytes.ToArray(), RunJson.Compact)!;
        _types = _table.InstanceTypes.ToDictionary(type => type.Type, StringComparer.Ordinal);
        Snapshot = new PriceSnapshot(_table.Source, _table.Date, Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray())));
    }

    /// <summary>Where the prices are from, how old they are, and their digest.</summary>
    public PriceSnapshot Snapshot { get; }

    /// <summary>Prices of what stands around a job.</summary>
    public InfrastructurePrices Infrastructure => _table.Infrastructure;

    /// <summary>What is assumed of managed spot.</summary>
    public SpotAssumption Spot => _table.Spot;

    /// <summary>On-demand training rate of one node, dollars an hour; null is unknown, never zero.</summary>
    /// <exception cref="PipelineException">There is no such instance type (exit code 2); the sentence names the nearest.</exception>
    public Usd? TrainingRatePerHour(string region, string instanceType) =>
        Find(instanceType).UsdPerHour is { } rate && _table.Regions.Contains(region) ? new Usd(rate) : null;

    /// <summary>True where the training volume is a local disk that costs nothing extra.</summary>
    /// <exception cref="PipelineException">There is no such instance type (exit code 2).</exception>
    public bool HasLocalDisk(string instanceType) => Find(instanceType).LocalNvme;

    /// <summary>GPUs or other accelerators of one node; null is unknown, never zero.</summary>
    /// <exception cref="PipelineException">There is no such instance type (exit code 2).</exception>
    public int? GpusPerNode(string instanceType) => Find(instanceType).Gpus;

    private InstancePrice Find(string instanceType)
    {
        if (_types.TryGetValue(instanceType, out var found))
        {
            return found;
        }

        var nearest = NearestMatch.Find(instanceType, _types.Keys);
        throw new PipelineException(
            ExitCode.BadConfiguration,
            $"There is no instance type '{instanceType}' in the catalog{(nearest is null ? "" : $"; did you mean {nearest}?")} Set instance_type to a SageMaker training type.");
    }
}
