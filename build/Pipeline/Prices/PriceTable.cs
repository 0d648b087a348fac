namespace BuildPipeline.Prices;

/// <summary>The price data file, as it is written.</summary>
internal sealed record PriceTable(
    string Source,
    DateOnly Date,
    IReadOnlyList<string> Regions,
    string Notes,
    IReadOnlyList<TableFigure> Figures,
    IReadOnlyList<Ec2Ratio> Ec2Ratios,
    IReadOnlyList<Accelerator> Accelerators,
    IReadOnlyList<InstancePrice> InstanceTypes);

/// <summary>A price beside the nodes', or an assumption; a value of null is unknown.</summary>
internal sealed record TableFigure(string Name, decimal? Value, string Unit, string Source);

/// <summary>How much more SageMaker charges for instance types than EC2.</summary>
/// <param name="Types">Regular expression over names of instance types; the first that matches counts.</param>
/// <param name="Ratio">SageMaker's on-demand rate over EC2's.</param>
internal sealed record Ec2Ratio(string Types, decimal Ratio);

/// <summary>A kind of accelerator, for comparisons.</summary>
/// <param name="Name">For example <c>A10G</c>.</param>
/// <param name="Teraflops">Dense half precision.</param>
/// <param name="MemoryGb">Memory of one.</param>
/// <param name="Notes">Which precision.</param>
public sealed record Accelerator(string Name, decimal Teraflops, decimal MemoryGb, string Notes);

/// <summary>One instance type.</summary>
/// <param name="Type">For example <c>ml.g5.xlarge</c>.</param>
/// <param name="UsdPerHour">On-demand training rate; null is unknown.</param>
/// <param name="LocalNvme">True where the training volume is a local disk that costs nothing extra.</param>
/// <param name="Gpus">GPUs or Trainium chips of one node; null is unknown.</param>
/// <param name="Accelerator">Their name; null where there are none, or none that can be compared.</param>
internal sealed record InstancePrice(string Type, decimal? UsdPerHour, bool LocalNvme = false, int? Gpus = null, string? Accelerator = null);
