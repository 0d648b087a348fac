namespace BuildPipeline.Spot;

/// <summary>
/// What has been seen of one spot market: how likely a run of availability, or of its absence, ends at a given age.
/// Runs are heavy-tailed, so the rate is kept per age class; older evidence counts less.
/// </summary>
public sealed class AvailabilityHistory
{
    /// <summary>Age classes of a run.</summary>
    public const int AgeClasses = 6;

    /// <summary>After that long, evidence counts half for a policy: a market's days differ.</summary>
    public const double UsualHalfLifeHours = 30;

    /// <summary>Runs that the prior is worth; few, so a day of evidence outweighs it.</summary>
    private const double PriorRuns = 0.3;

    private const double MostWeight = 1e9;

    // Before anything is seen, up or down alike, a run is the longer-lived the older it is: about half the inverse of its age.
    private static readonly double[] ClassStarts = [0, 0.25, 0.75, 2, 6, 18];
    private static readonly double[] PriorRates = [2.0, 1.0, 0.4, 0.15, 0.05, 0.02];
    private readonly double[] _ends = new double[2 * AgeClasses];
    private readonly double[] _hours = new double[2 * AgeClasses];
    private readonly double _tickHours;
    private readonly double _halfLifeHours;
    private readonly double _growth;
    private double _weight = 1;
    private bool _up;
    private double _age;
    private bool _seen;

    /// <summary>Knows nothing yet.</summary>
    /// <param name="tickHours">Hours between two observations.</param>
    /// <param name="halfLifeHours">Hours after which evidence counts half.</param>
    public AvailabilityHistory(double tickHours, double halfLifeHours = UsualHalfLifeHours)
    {
        (_tickHours, _halfLifeHours) = (tickHours, halfLifeHours);
        _growth = Math.Pow(2, tickHours / halfLifeHours);
    }

    /// <summary>True when the market was up at the last observation.</summary>
    public bool IsUp => _up;

    /// <summary>Nothing was observed yet.</summary>
    public bool IsEmpty => !_seen;

    /// <summary>Hours since the current run was first seen.</summary>
    public double AgeHours => _age;

    /// <summary>Age class of the current run.</summary>
    public int AgeClass => ClassOf(AgeHours);

    /// <summary>Hours from a class's start to its end; the last has none.</summary>
    public static double ClassHours(int ageClass) =>
        ageClass + 1 < AgeClasses ? ClassStarts[ageClass + 1] - ClassStarts[ageClass] : double.PositiveInfinity;

    /// <summary>Adds one observation.</summary>
    public void Observe(bool up)
    {
        Fade();
        if (_seen)
        {
            var index = Index(_up, AgeClass);
            _hours[index] += _weight * _tickHours;
            _ends[index] += up == _up ? 0 : _weight;
        }

        Place(up, _seen && up == _up ? _age + _tickHours : 0);
    }

    /// <summary>Sets the present run without learning from it.</summary>
    internal void Place(bool up, double ageHours) => (_up, _age, _seen) = (up, ageHours, true);

    /// <summary>The same evidence in its own object.</summary>
    internal AvailabilityHistory Copy()
    {
        var copy = new AvailabilityHistory(_tickHours, _halfLifeHours);
        _ends.CopyTo(copy._ends, 0);
        _hours.CopyTo(copy._hours, 0);
        copy._weight = _weight;
        copy.Place(_up, _age);
        return copy;
    }

    /// <summary>Expected ends per hour of a run of that kind and age class.</summary>
    public double EndRate(bool up, int ageClass)
    {
        var index = Index(up, ageClass);
        return ((_ends[index] / _weight) + PriorRuns) / ((_hours[index] / _weight) + (PriorRuns / PriorRates[ageClass]));
    }

    // Instead of making all that was seen count less, what is seen next counts more.
    private void Fade()
    {
        _weight *= _growth;
        if (_weight > MostWeight)
        {
            for (var i = 0; i < _ends.Length; i++)
            {
                (_ends[i], _hours[i]) = (_ends[i] / _weight, _hours[i] / _weight);
            }

            _weight = 1;
        }
    }

    private static int Index(bool up, int ageClass) => (up ? 0 : AgeClasses) + ageClass;

    /// <summary>The class of an age.</summary>
    public static int ClassOf(double ageHours)
    {
        var ageClass = AgeClasses - 1;
        while (ageHours < ClassStarts[ageClass])
        {
            ageClass--;
        }

        return ageClass;
    }
}
