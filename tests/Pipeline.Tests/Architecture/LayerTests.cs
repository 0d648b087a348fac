using System.Reflection;
using System.Text.RegularExpressions;
using BuildPipeline.Hosting;
using Cake.Frosting;

namespace BuildPipeline.Pipeline.Tests.Architecture;

/// <summary>Who may know whom, read from the sources.</summary>
public sealed partial class LayerTests
{
    private static readonly string Sources = Path.Combine(Repository.Root, "build", "Pipeline");

    // The way of a run: a folder may know the one before it.
    private static readonly Dictionary<string, string[]> Known = new()
    {
        ["Kernel"] = [],
        ["Terminal"] = ["Kernel"],
        ["Spot"] = ["Kernel"],
        ["Cli"] = ["Kernel", "Terminal", "Spot"],
        ["Aws"] = ["Kernel"],
        ["Journal"] = ["Kernel", "Aws"],
        ["Secrets"] = ["Kernel"],
        ["Jobs"] = ["Kernel", "Aws"],
        ["Prices"] = ["Kernel", "Aws", "Jobs"],
        ["Checkpoints"] = ["Kernel", "Aws", "Jobs", "Prices"],
        ["Budgets"] = ["Kernel", "Aws", "Jobs", "Prices"],
        ["Terraform"] = ["Kernel", "Aws", "Jobs", "Budgets"],
        ["Costing"] = ["Kernel", "Spot", "Jobs", "Prices", "Checkpoints", "Budgets", "Terraform"],
        ["Approvals"] = ["Kernel", "Jobs"],
        ["Uploads"] = ["Kernel", "Aws", "Jobs", "Approvals"],
        ["JobLogs"] = ["Kernel", "Aws", "Jobs"],
        ["Training"] = ["Kernel", "Spot", "Aws", "Jobs", "Prices", "Checkpoints", "Costing", "Approvals", "Uploads", "JobLogs"],
        ["Evidence"] = ["Kernel", "Spot", "Aws", "Jobs", "Checkpoints", "Uploads", "JobLogs", "Training"],
        ["Runs"] = ["Kernel", "Spot", "Aws", "Journal", "Jobs", "Prices", "Budgets", "Terraform", "Costing", "Approvals", "Training", "Evidence"],
        ["Replay"] = ["Kernel", "Spot", "Checkpoints"],
        ["Reporting"] = ["Kernel", "Terminal", "Spot", "Jobs", "Budgets", "Terraform", "Costing", "Approvals", "Training", "Evidence", "Runs"],
        ["Tasks"] = ["Kernel", "Terminal", "Spot", "Cli", "Aws", "Journal", "Secrets", "Jobs", "Prices", "Checkpoints", "Budgets", "Terraform", "Costing", "Approvals", "Uploads", "JobLogs", "Training", "Evidence", "Runs", "Replay", "Reporting"],
    };

    [Fact]
    public void Given_TheDomainFolders_When_Read_Then_EachKnowsOnlyWhatItMay()
    {
        foreach (var (folder, allowed) in Known)
        {
            Assert.All(UsingsOf(folder), pair => Assert.True(
                !pair.Used.StartsWith("BuildPipeline.", StringComparison.Ordinal) || allowed.Append(folder).Contains(pair.Used.Split('.')[1]),
                $"{pair.File} uses {pair.Used}"));
        }
    }

    [Fact]
    public void Given_TheSources_When_Read_Then_OnlyTasksTerraformAndHostingUseCake() => Assert.All(
        Known.Keys.Except(["Terraform", "Tasks"]).SelectMany(UsingsOf),
        pair => Assert.False(pair.Used.StartsWith("Cake.", StringComparison.Ordinal), $"{pair.File} uses {pair.Used}"));

    [Fact]
    public void Given_TheSources_When_Read_Then_NobodyKnowsTasksOrTheSandbox() => Assert.All(
        Known.Keys.Except(["Tasks"]).SelectMany(UsingsOf),
        pair => Assert.False(pair.Used is "BuildPipeline.Tasks" || pair.Used.StartsWith("BuildPipeline.Sandbox", StringComparison.Ordinal), $"{pair.File} uses {pair.Used}"));

    [Fact]
    public void Given_ThePipelineAssembly_When_Loaded_Then_ItDoesNotReferenceTheSandbox() =>
        Assert.DoesNotContain(typeof(Targets).Assembly.GetReferencedAssemblies(), reference => reference.Name is "Sandbox" or "Worker");

    [Fact]
    public void Given_TheTasks_When_Listed_Then_EachIsSealedNamedAsItsClassAndDescribed() => Assert.All(
        typeof(Targets).Assembly.GetExportedTypes().Where(type => type.IsAssignableTo(typeof(IFrostingTask))),
        type =>
        {
            Assert.True(type.IsSealed, type.Name);
            Assert.Equal(type.Name, type.GetCustomAttribute<TaskNameAttribute>()!.Name + "Task");
            Assert.EndsWith(".", type.GetCustomAttribute<TaskDescriptionAttribute>()!.Description, StringComparison.Ordinal);
        });

    private static IEnumerable<(string File, string Used)> UsingsOf(string folder) =>
        from file in Directory.EnumerateFiles(Path.Combine(Sources, folder), "*.cs", SearchOption.AllDirectories)
        from Match match in UsingPattern().Matches(File.ReadAllText(file))
        select (Path.GetRelativePath(Sources, file), match.Groups[1].Value);

    [GeneratedRegex(@"(?m)^using (?:static )?([A-Za-z.]+);")]
    private static partial Regex UsingPattern();
}
