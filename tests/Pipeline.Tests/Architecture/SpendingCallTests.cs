using BuildPipeline.Architecture;
using BuildPipeline.Freezes;
using BuildPipeline.Hosting;
using BuildPipeline.Tasks;
using BuildPipeline.Terraform;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Architecture;

/// <summary>Where the pipeline can spend: each place asks the gate, or only removes.</summary>
public sealed class SpendingCallTests
{
    private static readonly List<(string From, string? Type, string Name)> Uses =
    [
        .. typeof(EntryPoint).Assembly.GetTypes()
            .SelectMany(type => CompiledReferences.MembersUsedBy(type).Select(use => (CompiledReferences.Outermost(type).Name, use.Type, use.Name)))
            .Distinct(),
    ];

    [Fact]
    public void Given_TheCompiledCode_When_ItsCallsOfAwsAreRead_Then_OnlyTheLauncherStartsWhatIsBilledByTheHour()
    {
        var starts = Uses.Where(use => use.Type?.StartsWith("Amazon.", StringComparison.Ordinal) == true && (use.Name.StartsWith("Create", StringComparison.Ordinal) || use.Name.StartsWith("Run", StringComparison.Ordinal) || use.Name.StartsWith("Start", StringComparison.Ordinal)))
            .Where(use => use.Name.EndsWith("Async", StringComparison.Ordinal));

        // The address of a tracking server costs nothing.
        Assert.Equal([("Launcher", "CreateTrainingJobAsync")], starts.Select(use => (use.From, use.Name)).Where(use => !use.Name.StartsWith("CreatePresigned", StringComparison.Ordinal)));
    }

    [Fact]
    public void Given_TheCompiledCode_When_ItsAppliesAreRead_Then_EachIsBehindTheGateOrOnlyRemoves()
    {
        var applies = Uses.Where(use => use.Type == typeof(TerraformStack).FullName && use.Name == nameof(TerraformStack.ApplyAsync)).Select(use => use.From).Order();

        // Cleanup destroys, and takes into the state what it will destroy.
        Assert.Equal([nameof(ApplyTask), nameof(CleanupTask), nameof(LeftoverAdoption)], applies);
    }

    [Fact]
    public void Given_TheApply_When_Read_Then_ItAsksTheGateAndWhetherItsCredentialsLast() =>
        Assert.Contains(Uses, use => use == (nameof(ApplyTask), typeof(SpendCheck).FullName, nameof(SpendCheck.RequireAsync)));

    [Theory]
    [InlineData(typeof(Launcher))]
    [InlineData(typeof(SpendCheck))]
    [InlineData(typeof(RunApproval))]
    [InlineData(typeof(JobSuccession))]
    public void Given_APlaceThatLeadsToSpending_When_Read_Then_ItAsksTheGate(Type place) =>
        Assert.Contains(Uses, use => use.From == place.Name && use.Type == typeof(SpendGate).FullName && use.Name == nameof(SpendGate.RequireOpenAsync));
}
