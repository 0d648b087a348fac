using System.Reflection;
using System.Text.RegularExpressions;
using BuildPipeline.Hosting;
using BuildPipeline.Tasks;
using Cake.Frosting;

namespace BuildPipeline.Pipeline.Tests.Architecture;

/// <summary>Who may use Cake and the sandbox, and how tasks are named.</summary>
public sealed partial class LayerTests
{
    private static readonly string Sources = Path.Combine(Repository.Root, "build", "Pipeline");

    [Fact]
    public void Given_TheSources_When_Read_Then_OnlyTasksTerraformAndHostingUseCake() => Assert.All(
        Directory.GetDirectories(Sources).Select(folder => Path.GetFileName(folder)!).Except(["Hosting", "Tasks", "Terraform"]).SelectMany(UsingsOf),
        pair => Assert.False(pair.Used.StartsWith("Cake.", StringComparison.Ordinal), $"{pair.File} uses {pair.Used}"));

    [Fact]
    public void Given_ThePipelineAssembly_When_Loaded_Then_ItReferencesNeitherSandboxNorReplay() =>
        Assert.DoesNotContain(typeof(Targets).Assembly.GetReferencedAssemblies(), reference => reference.Name is "Sandbox" or "Worker" or "Replay" or "ScottPlot");

    [Fact]
    public void Given_TheTasks_When_Listed_Then_EachIsSealedNamedAsItsClassAndDescribed() => Assert.All(
        typeof(Targets).Assembly.GetExportedTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(IFrostingTask))),
        type =>
        {
            Assert.True(type.IsSealed, type.Name);
            Assert.Equal(type.Name, type.GetCustomAttribute<TaskNameAttribute>()!.Name + "Task");
            // What a target does with a sweep is no target.
            Assert.True(type == typeof(SweepTask) || type.GetCustomAttribute<TaskDescriptionAttribute>()!.Description.EndsWith('.'), type.Name);
        });

    private static IEnumerable<(string File, string Used)> UsingsOf(string folder) =>
        from file in Directory.EnumerateFiles(Path.Combine(Sources, folder), "*.cs", SearchOption.AllDirectories)
        from Match match in UsingPattern().Matches(File.ReadAllText(file))
        select (Path.GetRelativePath(Sources, file), match.Groups[1].Value);

    [GeneratedRegex(@"(?m)^using (?:static )?([A-Za-z.]+);")]
    private static partial Regex UsingPattern();
}
