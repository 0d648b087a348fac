namespace BuildPipeline.Prices;

/// <summary><c>prices.json</c>: the assumptions, and the prices of what is not an instance.</summary>
internal sealed record PriceTable(
    string Source,
    DateOnly Date,
    IReadOnlyList<string> Regions,
    string Notes,
    IReadOnlyList<TableInput> Inputs,
    IReadOnlyList<Ec2Ratio> Ec2Ratios);

/// <summary>A price other than the nodes', or an assumption; a value of null is unknown.</summary>
internal sealed record TableInput(string Name, decimal? Value, string Unit, string Source);

/// <summary>How much more SageMaker charges for instance types than EC2.</summary>
/// <param name="Types">Regular expression over names of instance types; the first that matches counts.</param>
/// <param name="Ratio">SageMaker's on-demand rate over EC2's.</param>
internal sealed record Ec2Ratio(string Types, decimal Ratio);
