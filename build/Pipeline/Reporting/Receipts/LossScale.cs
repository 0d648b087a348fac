namespace BuildPipeline.Reporting.Receipts;

/// <summary>The part of the plane that curves are in.</summary>
/// <param name="First">The lowest step.</param>
/// <param name="Last">The highest step.</param>
/// <param name="Low">The lowest value.</param>
/// <param name="High">The highest value.</param>
internal sealed record LossScale(long First, long Last, double Low, double High)
{
    /// <summary>The value halfway up.</summary>
    public double Middle => (Low / 2) + (High / 2);

    /// <summary>The scale of some curves; each has a point.</summary>
    public static LossScale Calculate(IEnumerable<LossCurve> curves)
    {
        var points = curves.SelectMany(curve => curve.Parts).SelectMany(part => part).ToList();
        return new(points.Min(point => point.Step), points.Max(point => point.Step), points.Min(point => point.Value), points.Max(point => point.Value));
    }

    /// <summary>Where a step is: 0 is the first one, 1 the last.</summary>
    public double X(long step) => Last == First ? 0.5 : Math.Clamp((double)(step - First) / (Last - First), 0, 1);

    /// <summary>Where a value is: 0 is the lowest one, 1 the highest. Halves, because the range of two large values is not finite.</summary>
    public double Y(double value) => High == Low ? 0.5 : Math.Clamp(((value / 2) - (Low / 2)) / ((High / 2) - (Low / 2)), 0, 1);
}
