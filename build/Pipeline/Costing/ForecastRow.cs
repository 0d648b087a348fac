namespace BuildPipeline.Costing;

/// <summary>One way to do the work.</summary>
/// <param name="InstanceType">Instance type.</param>
/// <param name="Nodes">Nodes.</param>
/// <param name="Spot">Managed spot, or on demand.</param>
/// <param name="Throughput">Over that of the job as it is configured.</param>
/// <param name="Expected">Expected dollars for the nodes.</param>
/// <param name="P90">Dollars that nine courses in ten do not exceed.</param>
/// <param name="Finish">Time from submission to the end in the mean.</param>
/// <param name="DeadlineRisk">Share of the courses that are not done by the deadline, 0 to 1.</param>
/// <param name="Chosen">True for the job as it is configured.</param>
public sealed record ForecastRow(
    string InstanceType, int Nodes, bool Spot, double Throughput, Usd Expected, Usd P90, TimeSpan Finish, double DeadlineRisk, bool Chosen);
