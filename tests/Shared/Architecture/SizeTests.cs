using System.Reflection;

namespace BuildPipeline.Architecture;

/// <summary>How long a file and a constructor's list of parameters may be.</summary>
/// <param name="assembly">The compiled code.</param>
/// <param name="project">The folder of its sources under build/.</param>
/// <param name="exceptions">Files and types that still break the rule. Remove names; add none.</param>
public abstract class SizeTests(Assembly assembly, string project, params string[] exceptions)
{
    private const int MostLines = 300;
    private const int MostParameters = 7;
    private const BindingFlags Instance = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    [Fact]
    public void Given_TheCode_When_Measured_Then_NoFileAndNoConstructorIsTooLong()
    {
        var files = FolderGraph.SourcesOf(Path.Combine(Repository.Root, "build", project))
            .Where(file => File.ReadLines(file).Count() > MostLines)
            .Select(file => Path.GetFileName(file));
        var types = assembly.GetTypes()
            .Where(type => type.Namespace?.StartsWith(nameof(BuildPipeline), StringComparison.Ordinal) == true)
            .Where(type => type.GetConstructors(Instance).Any(constructor => constructor.GetParameters().Length > MostParameters))
            .Select(type => type.Name);

        var found = files.Concat(types).Order(StringComparer.Ordinal).ToArray();

        Assert.True(
            found.ToHashSet().SetEquals(exceptions),
            $"Too long: {string.Join(", ", found.Except(exceptions))}. No exception any more: {string.Join(", ", exceptions.Except(found))}.");
    }
}
