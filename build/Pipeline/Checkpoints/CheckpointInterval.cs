namespace BuildPipeline.Checkpoints;

/// <summary>How long to work between two checkpoints.</summary>
public static class CheckpointInterval
{
    /// <summary>
    /// Young's first-order optimum, the square root of 2 x stall x mean run. Daly's further terms, which assume a constant failure rate,
    /// gain nothing on recorded runs (docs/spot.md).
    /// </summary>
    /// <param name="stallSeconds">Time that a checkpoint blocks training.</param>
    /// <param name="meanRunSeconds">Mean time between interruptions.</param>
    /// <returns>Seconds.</returns>
    public static double Seconds(double stallSeconds, double meanRunSeconds) => Math.Sqrt(2 * stallSeconds * meanRunSeconds);
}
