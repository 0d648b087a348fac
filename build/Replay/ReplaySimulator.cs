using BuildPipeline.Spot;

namespace BuildPipeline.Replay;

/// <summary>Runs a policy over a trace in virtual time.</summary>
public static class ReplaySimulator
{
    /// <summary>What is seen of the market before the start: two weeks, after which evidence hardly counts.</summary>
    private const double HistoryHours = 336;

    /// <summary>The market as seen just before the job starts.</summary>
    public static MarketPast PastBefore(ReplayJob job, SpotTrace trace)
    {
        var nodes = job.Nodes ?? trace.LargestNodeGroup;
        var first = Math.Max(0, job.StartTick - (int)(HistoryHours / trace.TickHours));
        return new MarketPast([.. Enumerable.Range(first, job.StartTick - first).Select(tick => trace.IsUp(tick, nodes))], trace.TickHours);
    }

    /// <summary>Replays one job whose figures are exact.</summary>
    public static ReplayOutcome Run(ReplayJob job, SpotTrace trace, IMarketPolicy policy) =>
        Run(job, trace, policy, job.WorkHours, () => job.RestartHours);

    /// <summary>Replays one job that turns out otherwise than the policy believes.</summary>
    /// <param name="job">What the policy believes.</param>
    /// <param name="trace">The market.</param>
    /// <param name="policy">A fresh policy.</param>
    /// <param name="trueWorkHours">What there is to do.</param>
    /// <param name="nextRestartHours">How long the next start takes.</param>
    public static ReplayOutcome Run(ReplayJob job, SpotTrace trace, IMarketPolicy policy, double trueWorkHours, Func<double> nextRestartHours)
    {
        var nodes = job.Nodes ?? trace.LargestNodeGroup;
        var history = PastBefore(job, trace).History();
        var nodeGroup = new ReplayNodeGroup(trueWorkHours, job.DeadlineHours, trace.TickHours, nextRestartHours);
        for (var tick = job.StartTick; nodeGroup.IsOpen; tick++)
        {
            var up = trace.IsUp(tick, nodes);
            history.Observe(up);
            nodeGroup.Advance(policy.Decide(nodeGroup.Observe(job, up, history)), up);
        }

        return nodeGroup.Outcome(job.SpotPriceRatio);
    }
}
