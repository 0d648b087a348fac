namespace BuildPipeline.Replay;

/// <summary>How every policy did at one deadline.</summary>
/// <param name="Slack">Time to the deadline over the work, less 1.</param>
/// <param name="Jobs">Jobs replayed.</param>
/// <param name="Scores">The omniscient bound, then the policies.</param>
public sealed record SlackPoint(double Slack, int Jobs, IReadOnlyList<PolicyScore> Scores);

/// <summary>Replays the same jobs with ever later deadlines.</summary>
public static class SlackSweep
{
    /// <summary>Work of each job, hours.</summary>
    public const double WorkHours = 12;

    /// <summary>Time of a start, hours.</summary>
    public const double RestartHours = 0.1;

    /// <summary>Spot price over on-demand price.</summary>
    public const double SpotPriceRatio = 0.35;

    /// <summary>Starts spread evenly over each trace.</summary>
    public const int Starts = 50;

    private static readonly double[] Slacks = [0.05, 0.1, 0.15, 0.2, 0.25, 0.35, 0.5, 0.75, 1];

    /// <summary>Sweeps all traces that are long enough for the latest deadline.</summary>
    /// <exception cref="PipelineException">None is.</exception>
    public static IReadOnlyList<SlackPoint> Run(IEnumerable<SpotTrace> traces)
    {
        var longest = WorkHours * (1 + Slacks[^1]);
        var usable = traces.Where(trace => trace.Length * trace.TickHours > longest).ToList();
        return usable.Count > 0
            ? [.. Slacks.Select(slack => Point(usable, slack, longest))]
            : throw new PipelineException(
                ReplayErrors.OutsideTrace, $"No trace is longer than {longest} h, which the plot's latest deadline needs. Use longer traces.");
    }

    // All deadlines have the same starts, so only the slack differs.
    private static SlackPoint Point(IReadOnlyList<SpotTrace> traces, double slack, double longestHours)
    {
        var cases = traces.SelectMany(trace => Enumerable.Range(0, Starts).Select(start => new ReplayCase(
            new ReplayJob(
                $"{start}", trace.Name, (int)((trace.Length - Math.Ceiling(longestHours / trace.TickHours)) * start / Starts), null,
                new JobHours(WorkHours, WorkHours * (1 + slack), RestartHours), SpotPriceRatio),
            trace))).ToList();
        return new(slack, cases.Count, ReplayRunner.Compare(cases));
    }
}
