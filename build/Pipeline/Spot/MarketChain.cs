namespace BuildPipeline.Spot;

/// <summary>A spot market as a chain of phases, up or down at an age class each, with the chances that history gives for one step.</summary>
internal sealed class MarketChain
{
    /// <summary>Phases, those that are up first.</summary>
    public const int Phases = 2 * AvailabilityHistory.AgeClasses;

    private const int Classes = AvailabilityHistory.AgeClasses;
    private readonly double[] _end = new double[Phases];
    private readonly double[] _grow = new double[Phases];

    /// <param name="history">What is known of the market's runs.</param>
    /// <param name="stepHours">Length of a step, hours.</param>
    public MarketChain(AvailabilityHistory history, double stepHours)
    {
        for (var phase = 0; phase < Phases; phase++)
        {
            _end[phase] = 1 - Math.Exp(-stepHours * history.EndRate(IsUp(phase), phase % Classes));
            _grow[phase] = 1 - Math.Exp(-stepHours / AvailabilityHistory.ClassHours(phase % Classes));
        }
    }

    /// <summary>The phase of a market.</summary>
    public static int Phase(bool up, int ageClass) => (up ? 0 : Classes) + ageClass;

    /// <summary>True if spot is up.</summary>
    public static bool IsUp(int phase) => phase < Classes;

    /// <summary>Where a run that ends leads to.</summary>
    public static int Other(int phase) => IsUp(phase) ? Classes : 0;

    /// <summary>Where a run that lasts leads to.</summary>
    public static int Older(int phase) => phase % Classes == Classes - 1 ? phase : phase + 1;

    /// <summary>Chances of one step: that the run ends, that it lasts and reaches the next age class, and that it lasts without.</summary>
    public (double End, double Grow, double Stay) Chances(int phase) =>
        (_end[phase], (1 - _end[phase]) * _grow[phase], (1 - _end[phase]) * (1 - _grow[phase]));
}
