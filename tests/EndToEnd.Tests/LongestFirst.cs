using BuildPipeline.EndToEnd.Tests.Infra;
using BuildPipeline.EndToEnd.Tests.Pipeline;
using BuildPipeline.EndToEnd.Tests.Workflows;
using Xunit.Abstractions;

namespace BuildPipeline.EndToEnd.Tests;

/// <summary>Starts the classes that take longest first, so none of them runs alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Classes =
    [
        nameof(LaunchTests), nameof(BudgetTests), nameof(InfraTests), nameof(TerraformKillTests), nameof(DeadlineTests), nameof(SuggestedCommandTests),
        nameof(TerraformAloneTests), nameof(GateTests), nameof(MigrationTests), nameof(PyTorchTests), nameof(SeedAfterPipelineTests), nameof(RefusalTests),
        nameof(MarketMoveTests), nameof(WorkflowTests),
    ];

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.FindIndex(Classes, name => collection.DisplayName.EndsWith($".{name}", StringComparison.Ordinal)) is var index and >= 0 ? index : Classes.Length);
}
