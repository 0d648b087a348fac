namespace BuildPipeline.Spot;

/// <summary>The policies by name.</summary>
public static class MarketPolicies
{
    /// <summary>The project's own, and the default.</summary>
    public const string Default = "expected-cost";

    private static readonly Dictionary<string, Func<SafetyNet, IMarketPolicy>> All = new(StringComparer.OrdinalIgnoreCase)
    {
        ["on-demand"] = _ => new OnDemandPolicy(),
        ["spot-only"] = _ => new SpotOnlyPolicy(),
        ["greedy"] = net => new GreedyPolicy(net),
        ["uniform-progress"] = net => new UniformProgressPolicy(net),
        [Default] = net => new ExpectedCostPolicy(net),
    };

    /// <summary>Every name, from the simplest policy on.</summary>
    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>A policy for one job.</summary>
    /// <exception cref="PipelineException">There is no policy of that name.</exception>
    public static IMarketPolicy Create(string name, SafetyNet net) => All.TryGetValue(name, out var create)
        ? create(net)
        : throw new PipelineException(ExitCode.BadConfiguration, $"There is no policy '{name}'; the policies are {string.Join(", ", Names)}.");
}
