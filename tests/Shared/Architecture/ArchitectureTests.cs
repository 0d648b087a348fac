using System.Reflection;
using System.Text.RegularExpressions;

namespace BuildPipeline.Architecture;

/// <summary>The rules of docs/architecture.md, held against the compiled types of one assembly.</summary>
/// <param name="assembly">The compiled code.</param>
/// <param name="project">The folder of its sources under build/, which is its name in the page.</param>
/// <param name="rootNamespace">The namespace of that folder.</param>
public abstract partial class ArchitectureTests(Assembly assembly, string project, string rootNamespace)
{
    private readonly string _sources = Path.Combine(Repository.Root, "build", project);

    private FolderGraph Graph => field ??= new FolderGraph(assembly, _sources, rootNamespace);

    private string Page => field ??= File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md")).ReplaceLineEndings("\n");

    [Fact]
    public void Given_TheCompiledTypes_When_ComparedWithTheMatrices_Then_EachDependencyIsAllowedAndEachEntryUsed()
    {
        string[] faults = [.. Graph.Parents.SelectMany(FaultsOf)];
        var page = string.Join("\n\n", Graph.Parents.Select(parent => FolderMatrix.Of(Graph, parent)).Select(matrix => $"{matrix.ToPicture()}\n\n{matrix.ToTable()}"));

        Assert.True(faults.Length == 0, $"{string.Join('\n', faults)}\n\nFrom the code, docs/architecture.md would have:\n\n{page}");
    }

    [Fact]
    public void Given_TheMatrices_When_Read_Then_AllFoldersAreThereAndUseOnlyFoldersBelowThem() => Assert.All(Graph.Parents, parent =>
    {
        var matrix = FolderMatrix.Read(Page, Graph.TitleOf(parent))!;
        Assert.Equal(Graph.ChildrenOf(parent), matrix.Folders.Order(StringComparer.Ordinal));
        Assert.Empty(matrix.Upward);
    });

    [Fact]
    public void Given_TheMatrices_When_Drawn_Then_ThePageHasThesePictures() => Assert.All(
        Graph.Parents, parent => Assert.Contains(FolderMatrix.Read(Page, Graph.TitleOf(parent))!.ToPicture(), Page, StringComparison.Ordinal));

    [Fact]
    public void Given_TheSources_When_Read_Then_EachNamespaceIsItsFolder() => Assert.All(FolderGraph.SourcesOf(_sources), file =>
    {
        var folder = Path.GetDirectoryName(Path.GetRelativePath(_sources, file))!;
        var expected = folder.Length == 0 ? rootNamespace : $"{rootNamespace}.{folder.Replace(Path.DirectorySeparatorChar, '.')}";
        Assert.All(NamespacePattern().Matches(File.ReadAllText(file)), match => Assert.Equal(expected, match.Groups[1].Value));
    });

    private IEnumerable<string> FaultsOf(string parent)
    {
        var uses = Graph.UsesIn(parent);
        var allowed = FolderMatrix.Read(Page, Graph.TitleOf(parent))?.Allowed ?? new HashSet<(string, string)>();
        return
        [
            .. uses.Where(use => !allowed.Contains(use.Key)).Select(use => $"{Graph.TitleOf(parent)}: {use.Key.From} -> {use.Key.To} is not allowed ({use.Value})"),
            .. allowed.Where(entry => !uses.ContainsKey(entry)).Select(entry => $"{Graph.TitleOf(parent)}: {entry.From} -> {entry.To} is allowed and not used"),
        ];
    }

    [GeneratedRegex(@"(?m)^namespace ([\w.]+);")]
    private static partial Regex NamespacePattern();
}
