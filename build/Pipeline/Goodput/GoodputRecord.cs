using BuildPipeline.Training;

namespace BuildPipeline.Goodput;

/// <summary>What one category has of a run's bill.</summary>
/// <param name="Category">The category.</param>
/// <param name="NodeSeconds">Seconds by the service's status transitions, before spot's discount.</param>
/// <param name="BilledSeconds">Seconds of the bill.</param>
/// <param name="Cost">Dollars of the bill; null is unknown.</param>
public sealed record GoodputShare(GoodputCategory Category, double NodeSeconds, long BilledSeconds, Usd? Cost);

/// <summary>What the billed time of a run went into. Seconds and dollars of the categories add up to the bill exactly.</summary>
public sealed record GoodputRecord
{
    /// <summary>What to know of the categories of a short bill.</summary>
    public const string RoundingNote = "The bill is in whole seconds and so are its parts: where it is this short, a part can be a second more or less than its time on the nodes.";

    /// <summary>Billed seconds below which one second is over 1% of the bill.</summary>
    private const int ShortBill = 100;

    private static readonly GoodputCategory[] Categories = Enum.GetValues<GoodputCategory>();

    /// <summary>All categories, in their order.</summary>
    public required IReadOnlyList<GoodputShare> Shares { get; init; }

    /// <summary>Seconds without nodes, waiting for capacity or for instances to start; not billed.</summary>
    public required double CapacityWaitSeconds { get; init; }

    /// <summary>Seconds that the service bills for all jobs.</summary>
    public required long BilledSeconds { get; init; }

    /// <summary>Dollars of all jobs; null is unknown.</summary>
    public Usd? Cost { get; init; }

    /// <summary>Goodput: the productive part of the billed seconds, 0 to 1; null if none are billed.</summary>
    public double? Ratio => BilledSeconds > 0 ? (double)SecondsOf(GoodputCategory.Productive) / BilledSeconds : null;

    /// <summary>True if whole seconds show in the shares.</summary>
    public bool IsCoarse() => BilledSeconds is > 0 and < ShortBill;

    /// <summary>What a run's bill went into; null while a job has no bill.</summary>
    /// <param name="attempts">Its jobs, oldest first.</param>
    /// <param name="saved">What their program saved; null if that could not be read.</param>
    public static GoodputRecord? Calculate(IReadOnlyList<AttemptRecord> attempts, SavedWork? saved)
    {
        var bills = attempts.Where(attempt => !WasRefused(attempt)).ToList();
        if (bills.Any(attempt => attempt.BillableSeconds is null))
        {
            return null;
        }

        var sessions = NodeSession.From(bills).ToLookup(session => session.Attempt.Number);
        var times = bills.Select(attempt => TimesOf(sessions[attempt.Number], saved)).ToList();
        var jobs = bills.Zip(times, (attempt, ticks) => (Attempt: attempt, Seconds: Bill.DivideSeconds(attempt.BillableSeconds!.Value, ticks))).ToList();
        var cost = AttemptRecord.CostOf(bills);
        var dollars = cost is { } known ? Bill.DivideDollars(known, jobs, Categories.Length) : null;
        return new()
        {
            Shares = [.. Categories.Select((category, index) => new GoodputShare(
                category, TimeSpan.FromTicks(times.Sum(ticks => ticks[index])).TotalSeconds, jobs.Sum(job => job.Seconds[index]), dollars?[index]))],
            CapacityWaitSeconds = bills.Sum(NodeSession.WaitSeconds),
            BilledSeconds = bills.Sum(attempt => (long)attempt.BillableSeconds!.Value),
            Cost = cost,
        };
    }

    /// <summary>Billed seconds of a category.</summary>
    public long SecondsOf(GoodputCategory category) => Shares.Where(share => share.Category == category).Sum(share => share.BilledSeconds);

    // The service never had the job, so there is no bill.
    private static bool WasRefused(AttemptRecord attempt) => attempt is { Outcome: not null, SubmittedAt: null, BillableSeconds: null };

    private static long[] TimesOf(IEnumerable<NodeSession> sessions, SavedWork? saved)
    {
        var ticks = new long[Categories.Length];
        foreach (var (category, part) in sessions.SelectMany(session => session.Uses(saved)))
        {
            ticks[(int)category] += part;
        }

        return ticks;
    }
}
