namespace BuildPipeline.Spot;

/// <summary>The policies by name.</summary>
public static class MarketPolicies
{
    /// <summary>The project's own, and the default.</summary>
    public const string Default = "expected-cost";

    private const string OnDemand = "on-demand";
    private const string SpotOnly = "spot-only";

    private static readonly Dictionary<string, Func<SafetyNet, IMarketPolicy>> All = new(StringComparer.OrdinalIgnoreCase)
    {
        [OnDemand] = _ => new OnDemandPolicy(),
        [SpotOnly] = _ => new SpotOnlyPolicy(),
        ["greedy"] = net => new GreedyPolicy(net),
        ["uniform-progress"] = net => new UniformProgressPolicy(net),
        ["slack-rule"] = net => new SlackRulePolicy(net),
        [Default] = net => new ExpectedCostPolicy(net),
    };

    /// <summary>Every name, from the simplest policy on.</summary>
    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>True if the policy moves a spot job to on-demand to keep its deadline.</summary>
    public static bool MayMove(string name) => !name.Equals(SpotOnly, StringComparison.OrdinalIgnoreCase);

    /// <summary>True if it does so at its first look.</summary>
    public static bool MovesAtOnce(string name) => name.Equals(OnDemand, StringComparison.OrdinalIgnoreCase);

    /// <summary>A policy for one job.</summary>
    /// <exception cref="PipelineException">There is no policy of that name.</exception>
    public static IMarketPolicy Create(string name, SafetyNet net) => All.TryGetValue(name, out var create)
        ? create(net)
        : throw new PipelineException(SpotErrors.UnknownPolicy, $"Unknown policy '{name}'. The policies are {string.Join(", ", Names)}.");
}
