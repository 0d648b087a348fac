namespace BuildPipeline.Spot;

/// <summary>A future of a spot market, drawn from its history.</summary>
internal sealed class FutureMarket
{
    private const int Classes = AvailabilityHistory.AgeClasses;
    private readonly double[] _end = new double[2 * Classes];
    private readonly double _step;
    private readonly Random _random;
    private bool _up;
    private double _age;

    /// <summary>Starts where the history ends.</summary>
    /// <param name="past">The history.</param>
    /// <param name="step">Hours between two observations.</param>
    /// <param name="upEnds">How much more often runs of availability end than the history says; 1 is as often.</param>
    /// <param name="downEnds">The same for runs of its absence.</param>
    /// <param name="random">Where chance comes from.</param>
    public FutureMarket(AvailabilityHistory past, double step, double upEnds, double downEnds, Random random)
    {
        (_step, _random) = (step, random);
        (_up, _age) = past.IsEmpty ? (random.Next(2) == 0, 0) : (past.IsUp, past.AgeHours);
        History = past.Copy();
        for (var ageClass = 0; ageClass < Classes; ageClass++)
        {
            _end[ageClass] = 1 - Math.Exp(-step * upEnds * past.EndRate(up: true, ageClass));
            _end[Classes + ageClass] = 1 - Math.Exp(-step * downEnds * past.EndRate(up: false, ageClass));
        }
    }

    /// <summary>What a policy sees of it: the past's run lengths, the present's run.</summary>
    public AvailabilityHistory History { get; }

    /// <summary>One step on: whether the market is up.</summary>
    public bool Next()
    {
        var ends = _random.NextDouble() < _end[(_up ? 0 : Classes) + AvailabilityHistory.ClassOf(_age)];
        (_up, _age) = ends ? (!_up, 0) : (_up, _age + _step);
        History.Place(_up, _age);
        return _up;
    }
}
