namespace BuildPipeline.Costing;

/// <summary>The price data file, as it is written.</summary>
internal sealed record PriceTable(
    string Source, DateOnly Date, IReadOnlyList<string> Regions, string Notes, InfrastructurePrices Infrastructure, SpotAssumption Spot, IReadOnlyList<InstancePrice> InstanceTypes);

/// <summary>Prices of what stands around a job.</summary>
/// <param name="InterfaceEndpointUsdPerZoneHour">Dollars an hour for each zone of an interface endpoint.</param>
/// <param name="KmsKeyUsdPerMonth">Dollars a month for a key of one's own.</param>
/// <param name="TrainingVolumeUsdPerGbMonth">Dollars a gigabyte and month of training volume.</param>
public sealed record InfrastructurePrices(decimal InterfaceEndpointUsdPerZoneHour, decimal KmsKeyUsdPerMonth, decimal TrainingVolumeUsdPerGbMonth, string Source);

/// <summary>What is assumed of managed spot before a run.</summary>
/// <param name="ExpectedDiscount">Share of the on-demand rate that is probably saved, 0 to 1.</param>
/// <param name="P90Discount">Share that nine runs in ten save at least.</param>
public sealed record SpotAssumption(decimal ExpectedDiscount, decimal P90Discount, string Source);

/// <summary>One instance type.</summary>
/// <param name="Type">For example <c>ml.g5.xlarge</c>.</param>
/// <param name="UsdPerHour">On-demand training rate; null is unknown.</param>
/// <param name="LocalNvme">True where the training volume is a local disk that costs nothing extra.</param>
/// <param name="Gpus">GPUs or other accelerators of one node; null is unknown.</param>
internal sealed record InstancePrice(string Type, decimal? UsdPerHour, bool LocalNvme = false, int? Gpus = null);
