namespace BuildPipeline.Prices;

/// <summary><c>infra/instance-types.json</c>: what Terraform, the pipeline, the sandbox and tests of the training program know of instance types.</summary>
internal sealed record InstanceTable(
    DateOnly Date,
    IReadOnlyList<InstanceFamily> Families,
    IReadOnlyList<Accelerator> Accelerators,
    IReadOnlyList<InstanceType> InstanceTypes);

/// <summary>What the sizes of a family have in common.</summary>
/// <param name="Family">For example <c>g5</c>.</param>
/// <param name="LocalNvme">True if the training volume is a local disk that costs nothing extra.</param>
internal sealed record InstanceFamily(string Family, bool LocalNvme);

/// <summary>A kind of accelerator, for comparisons.</summary>
/// <param name="Name">For example <c>A10G</c>.</param>
/// <param name="Teraflops">Dense half precision.</param>
/// <param name="MemoryGb">Memory of one.</param>
/// <param name="Notes">Which precision.</param>
public sealed record Accelerator(string Name, decimal Teraflops, decimal MemoryGb, string Notes);

/// <summary>One instance type.</summary>
/// <param name="Type">For example <c>ml.g5.xlarge</c>.</param>
/// <param name="UsdPerHour">On-demand training rate; null is unknown.</param>
/// <param name="Gpus">GPUs or Trainium chips of one node; null is unknown.</param>
/// <param name="Accelerator">Their name; null if there are none, or none that can be compared.</param>
internal sealed record InstanceType(string Type, decimal? UsdPerHour, int? Gpus = null, string? Accelerator = null)
{
    /// <summary>For example <c>g5</c>.</summary>
    public string Family => Type.Split('.')[1];
}
