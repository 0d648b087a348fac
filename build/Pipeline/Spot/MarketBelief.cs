namespace BuildPipeline.Spot;

/// <summary>How likely spot is up while nobody looks: what was seen last fades into what the market does in the long run.</summary>
internal sealed class MarketBelief
{
    private readonly AvailabilityHistory _history;
    private readonly double[] _shares = new double[MarketChain.Phases];

    /// <param name="history">The market as it was last seen.</param>
    public MarketBelief(AvailabilityHistory history)
    {
        _history = history;
        _shares[MarketChain.Phase(history.IsUp, history.AgeClass)] = 1;
    }

    /// <summary>Probability that spot is up, 0 to 1.</summary>
    public double Up => Enumerable.Range(0, MarketChain.Phases).Where(MarketChain.IsUp).Sum(phase => _shares[phase]);

    /// <summary>Lets time pass unseen.</summary>
    public void Advance(double hours)
    {
        var chain = new MarketChain(_history, hours);
        var before = (double[])_shares.Clone();
        Array.Clear(_shares);
        for (var phase = 0; phase < before.Length; phase++)
        {
            var (end, grow, stay) = chain.Chances(phase);
            _shares[MarketChain.Other(phase)] += end * before[phase];
            _shares[MarketChain.Older(phase)] += grow * before[phase];
            _shares[phase] += stay * before[phase];
        }
    }
}
