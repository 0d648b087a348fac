namespace BuildPipeline.Spot;

/// <summary>A future of a spot market, drawn from its history.</summary>
internal sealed class FutureMarket
{
    private readonly AvailabilityHistory _past;
    private readonly double _step;
    private readonly Random _random;
    private bool _up;
    private double _age;

    /// <summary>Begins where the history ends.</summary>
    /// <param name="past">The history.</param>
    /// <param name="step">Hours between two observations.</param>
    /// <param name="random">Where chance comes from.</param>
    public FutureMarket(AvailabilityHistory past, double step, Random random)
    {
        (_past, _step, _random) = (past, step, random);
        (_up, _age) = past.IsEmpty ? (random.Next(2) == 0, 0) : (past.IsUp, past.AgeHours);
        History = past.Copy();
    }

    /// <summary>What a policy sees of it: the past's run lengths, the present's run.</summary>
    public AvailabilityHistory History { get; }

    /// <summary>One step on: whether the market is up.</summary>
    public bool Next()
    {
        var rate = _past.EndRate(_up, AvailabilityHistory.ClassOf(_age));
        var ends = _random.NextDouble() < 1 - Math.Exp(-rate * _step);
        (_up, _age) = ends ? (!_up, 0) : (_up, _age + _step);
        History.Place(_up, _age);
        return _up;
    }
}
