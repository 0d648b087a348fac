using BuildPipeline.Runs;
using BuildPipeline.Spot;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>The periods of one job.</summary>
/// <param name="Attempt">1 for the first job of the run.</param>
/// <param name="Market">What its nodes were bought on.</param>
/// <param name="Periods">Its periods, oldest first.</param>
public sealed record TimelineLane(int Attempt, Market Market, IReadOnlyList<JobPeriod> Periods);

/// <summary>When each job of a run did what.</summary>
/// <param name="From">The first moment.</param>
/// <param name="To">The last one.</param>
/// <param name="Lanes">One for each job, oldest first.</param>
/// <param name="LeftOut">How many short periods a drawing would not show.</param>
public sealed record Timeline(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<TimelineLane> Lanes, int LeftOut)
{
    private const int MostPeriods = 80;

    /// <summary>Its whole length.</summary>
    public TimeSpan Length => To - From;

    /// <summary>The timeline of a run, with its longest periods; null if it had none.</summary>
    /// <param name="run">The run.</param>
    /// <param name="now">A period that has not ended counts until then.</param>
    public static Timeline? Calculate(RunRecord run, DateTimeOffset now)
    {
        var lanes = run.Attempts.Select(attempt => new TimelineLane(attempt.Number, attempt.Market, Joined(JobPeriod.Calculate(attempt, now))))
            .Where(lane => lane.Periods.Count > 0).ToList();
        var all = lanes.SelectMany(lane => lane.Periods).ToList();
        if (all.Count == 0)
        {
            return null;
        }

        var drawn = all.OrderByDescending(period => period.Length).Take(MostPeriods).ToHashSet(ReferenceEqualityComparer.Instance);
        return new(
            all.Min(period => period.From), all.Max(period => period.To),
            [.. lanes.Select(lane => lane with { Periods = [.. lane.Periods.Where(drawn.Contains)] }).Where(lane => lane.Periods.Count > 0)],
            all.Count - drawn.Count);
    }

    // Interrupted and Starting are two statuses, and one wait.
    private static List<JobPeriod> Joined(IEnumerable<JobPeriod> periods)
    {
        var joined = new List<JobPeriod>();
        foreach (var period in periods.Where(period => period.To > period.From))
        {
            if (joined is [.., var last] && last.Phase == period.Phase && last.To == period.From)
            {
                joined[^1] = last with { To = period.To };
            }
            else
            {
                joined.Add(period);
            }
        }

        return joined;
    }
}
