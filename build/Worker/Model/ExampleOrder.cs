namespace BuildPipeline.Worker.Model;

/// <summary>
/// The order of the examples: each epoch visits every example once, in its own order. The n-th example is computed
/// from n alone (a Feistel network, walked until it lands inside the range), so a run resumes at any point without
/// any generator's state, and every node can find its own share of a batch.
/// </summary>
internal sealed class ExampleOrder
{
    private const int Rounds = 4;

    private readonly ulong _seed;
    private readonly long _count;
    private readonly int _halfBits;

    /// <param name="seed">Decides the order.</param>
    /// <param name="count">How many examples there are.</param>
    public ExampleOrder(int seed, long count)
    {
        _seed = (ulong)seed;
        _count = count;
        _halfBits = 1;
        while (1L << (2 * _halfBits) < count)
        {
            _halfBits++;
        }
    }

    /// <summary>Which example is the n-th of the run, n counted from 0 through all epochs.</summary>
    public long At(long n)
    {
        var epoch = (ulong)(n / _count);
        var value = (ulong)(n % _count);
        do
        {
            value = Permute(value, epoch);
        }
        while (value >= (ulong)_count);
        return (long)value;
    }

    private ulong Permute(ulong value, ulong epoch)
    {
        var mask = (1UL << _halfBits) - 1;
        var (left, right) = (value >> _halfBits, value & mask);
        for (var round = 0UL; round < Rounds; round++)
        {
            var key = Mix(Mix(Mix(_seed) ^ epoch) ^ round);
            (left, right) = (right, left ^ (Mix(right ^ key) & mask));
        }
        return (left << _halfBits) | right;
    }

    // The finalizer of SplitMix64.
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
