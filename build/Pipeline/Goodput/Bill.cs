using BuildPipeline.Training;

namespace BuildPipeline.Goodput;

/// <summary>Divides a bill without loss.</summary>
internal static class Bill
{
    /// <summary>Decimals of a dollar to which a part is rounded down: few enough that sums are exact.</summary>
    private const int Decimals = 12;

    /// <summary>
    /// Divides whole seconds in proportion to times. The borders between neighbours are rounded down, so a second that one cuts is the later one's.
    /// Seconds without any time are the last one's.
    /// </summary>
    /// <param name="seconds">Billed seconds; on spot fewer than the times, because the discount is in them.</param>
    /// <param name="ticks">The times, none of them negative.</param>
    public static IReadOnlyList<long> DivideSeconds(int seconds, IReadOnlyList<long> ticks)
    {
        Int128 whole = ticks.Sum();
        var parts = new long[ticks.Count];
        var (time, border) = ((Int128)0, 0L);
        for (var index = 0; index < ticks.Count; index++)
        {
            time += ticks[index];
            var next = index == ticks.Count - 1 ? seconds : whole == 0 ? 0 : (long)(seconds * time / whole);
            (parts[index], border) = (next - border, next);
        }

        return parts;
    }

    /// <summary>Divides the dollars of a run's jobs in proportion to their seconds. The last part that has seconds takes what rounding leaves.</summary>
    /// <param name="whole">Dollars of all jobs.</param>
    /// <param name="jobs">The jobs, each with the parts of its seconds.</param>
    /// <param name="parts">How many parts there are.</param>
    public static IReadOnlyList<Usd> DivideDollars(Usd whole, IReadOnlyList<(AttemptRecord Attempt, IReadOnlyList<long> Seconds)> jobs, int parts)
    {
        var dollars = new Usd[parts];
        var (last, rest) = (parts - 1, whole);
        for (var part = 0; part < parts; part++)
        {
            dollars[part] = new(jobs.Sum(job => PartOf(job.Attempt, job.Seconds[part])));
            rest -= dollars[part];
            last = jobs.Any(job => job.Seconds[part] > 0) ? part : last;
        }

        dollars[last] += rest;
        return dollars;
    }

    private static decimal PartOf(AttemptRecord attempt, long seconds) => attempt.BillableSeconds is > 0 and var billed
        ? Math.Round(attempt.Cost!.Value.Amount * seconds / billed, Decimals, MidpointRounding.ToZero)
        : 0;
}
