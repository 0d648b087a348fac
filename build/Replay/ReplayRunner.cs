using BuildPipeline.Spot;

namespace BuildPipeline.Replay;

/// <summary>A job and the trace it is replayed over.</summary>
public sealed record ReplayCase(ReplayJob Job, SpotTrace Trace);

/// <summary>How a policy did on all jobs together.</summary>
/// <param name="Policy">Its name, or what the row shows.</param>
/// <param name="Cost">Cost of all jobs over the cost of their work on on-demand.</param>
/// <param name="OverBound">Cost of all jobs over the omniscient bound's.</param>
/// <param name="Late">Jobs that missed their deadline.</param>
/// <param name="Restarts">Starts after the first, of all jobs.</param>
public sealed record PolicyScore(string Policy, double Cost, double OverBound, int Late, int Restarts);

/// <summary>Replays many jobs on all cores.</summary>
public static class ReplayRunner
{
    /// <summary>Replays and forecasts every job under one policy.</summary>
    public static IReadOnlyList<ReplayLine> Replay(IReadOnlyList<ReplayCase> cases, string policy) => OnAllCores(cases, item =>
    {
        var forecast = CostForecast.Calculate(item.Job, ReplaySimulator.PastBefore(item.Job, item.Trace), policy, SafetyNet.Exact);
        return ReplayLine.From(item.Job, Outcome(item, policy), forecast);
    });

    /// <summary>Compares all policies with the omniscient bound, which comes first.</summary>
    public static IReadOnlyList<PolicyScore> Compare(IReadOnlyList<ReplayCase> cases)
    {
        var work = cases.Sum(item => item.Job.WorkHours);
        var bound = OnAllCores(cases, item => OmniscientBound.Calculate(item.Job, item.Trace)).Sum();
        var scores = new List<PolicyScore> { new("omniscient bound", bound / work, 1, 0, 0) };
        foreach (var policy in MarketPolicies.Names)
        {
            var outcomes = OnAllCores(cases, item => Outcome(item, policy));
            var cost = outcomes.Sum(outcome => outcome.Cost);
            scores.Add(new(policy, cost / work, cost / bound, outcomes.Count(outcome => outcome.Late), outcomes.Sum(outcome => outcome.Restarts)));
        }

        return scores;
    }

    private static ReplayOutcome Outcome(ReplayCase item, string policy) =>
        ReplaySimulator.Run(item.Job, item.Trace, MarketPolicies.Create(policy, SafetyNet.Exact));

    private static T[] OnAllCores<T>(IReadOnlyList<ReplayCase> cases, Func<ReplayCase, T> work)
    {
        var results = new T[cases.Count];
        Parallel.For(0, cases.Count, i => results[i] = work(cases[i]));
        return results;
    }
}
