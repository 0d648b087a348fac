using BuildPipeline.EndToEnd.Tests.Pipeline;
using BuildPipeline.EndToEnd.Tests.Workflows;
using Xunit.Abstractions;

namespace BuildPipeline.EndToEnd.Tests;

/// <summary>Starts the classes that take longest first, so none of them runs alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Classes =
    [
        nameof(LaunchTests), nameof(DeadlineTests), nameof(BudgetTests), nameof(WorkflowTests), nameof(TerraformKillTests),
        nameof(PyTorchTests), nameof(GateTests), nameof(MarketMoveTests), nameof(SuggestedCommandTests),
    ];

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.FindIndex(Classes, name => collection.DisplayName.EndsWith($".{name}", StringComparison.Ordinal)) is var index and >= 0 ? index : Classes.Length);
}
