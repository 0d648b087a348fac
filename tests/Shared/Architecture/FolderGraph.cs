using System.Reflection;
using System.Text.RegularExpressions;

namespace BuildPipeline.Architecture;

/// <summary>An assembly's folders, which are its namespaces, and which folder uses which.</summary>
internal sealed partial class FolderGraph
{
    private readonly string _rootNamespace;
    private readonly Dictionary<(string From, string To), SortedSet<string>> _uses = [];
    private readonly SortedSet<string> _folders = new(StringComparer.Ordinal);

    /// <param name="assembly">The compiled code.</param>
    /// <param name="sources">Its folder, for the usings of what the compiler leaves no reference to.</param>
    /// <param name="rootNamespace">The namespace of that folder.</param>
    public FolderGraph(Assembly assembly, string sources, string rootNamespace)
    {
        (Name, _rootNamespace) = (Path.GetFileName(sources), rootNamespace);
        foreach (var (from, to) in CompiledReferences.Of(assembly))
        {
            Add(FolderOf(from), FolderOf(to), $"{from.Name} uses {to.Name}");
        }

        foreach (var file in SourcesOf(sources))
        {
            var text = File.ReadAllText(file);
            var from = FolderOf(NamespacePattern().Match(text) is { Success: true } match ? match.Groups[1].Value : null);
            foreach (Match used in UsingPattern().Matches(text))
            {
                var name = used.Groups[1].Value + used.Groups[2].Value;
                Add(from, FolderOf(name), $"{Path.GetFileName(file)} imports {name}");
            }
        }
    }

    /// <summary>The assembly's name, which also stands for types outside of all folders.</summary>
    public string Name { get; }

    /// <summary>The folders that have folders in them, the assembly itself as "" first: each has a matrix.</summary>
    public IEnumerable<string> Parents => _folders
        .SelectMany(folder => folder.Split('/').Select((_, depth) => string.Join('/', folder.Split('/').Take(depth))))
        .Append("").Distinct().Where(parent => ChildrenOf(parent).Count() > 1).Order(StringComparer.Ordinal);

    public static IEnumerable<string> SourcesOf(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));

    /// <summary>A parent's name in the page, for example "Sandbox/SageMaker".</summary>
    public string TitleOf(string parent) => parent.Length == 0 ? Name : $"{Name}/{parent}";

    /// <summary>The folders directly in a parent; its own name is for what is in the parent itself.</summary>
    public IEnumerable<string> ChildrenOf(string parent) =>
        _folders.Where(folder => IsWithin(folder, parent)).Select(folder => ChildOf(folder, parent)).Distinct().Order(StringComparer.Ordinal);

    /// <summary>Which child of a parent uses which other one, with what it does so.</summary>
    public IReadOnlyDictionary<(string From, string To), string> UsesIn(string parent) => _uses
        .Where(use => IsWithin(use.Key.From, parent) && IsWithin(use.Key.To, parent))
        .GroupBy(use => (From: ChildOf(use.Key.From, parent), To: ChildOf(use.Key.To, parent)), use => use.Value.First())
        .Where(group => group.Key.From != group.Key.To)
        .ToDictionary(group => group.Key, group => group.First());

    private static bool IsWithin(string folder, string parent) =>
        parent.Length == 0 || folder == parent || folder.StartsWith(parent + "/", StringComparison.Ordinal);

    private string ChildOf(string folder, string parent) =>
        folder == parent ? TitleOf(parent).Split('/')[^1] : folder[(parent.Length == 0 ? 0 : parent.Length + 1)..].Split('/')[0];

    private void Add(string? from, string? to, string how)
    {
        if (from is null || to is null)
        {
            return;
        }

        _folders.Add(from);
        _folders.Add(to);
        if (from != to)
        {
            _uses.TryAdd((from, to), new(StringComparer.Ordinal));
            _uses[(from, to)].Add(how);
        }
    }

    private string? FolderOf(Type type) => type.Namespace is { } name ? FolderOf(name) : type.Name == "Program" ? FolderOf((string?)null) : null;

    // Null for what the compiler and its generators add under other names.
    private string? FolderOf(string? name) => name switch
    {
        null => "Program",
        _ when name == _rootNamespace => "",
        _ when name.StartsWith(_rootNamespace + ".", StringComparison.Ordinal) => name[(_rootNamespace.Length + 1)..].Replace('.', '/'),
        nameof(BuildPipeline) => "Shared",
        _ => null,
    };

    [GeneratedRegex(@"(?m)^namespace ([\w.]+);")]
    private static partial Regex NamespacePattern();

    // Of a static using or an alias, which names a type, the type's namespace.
    [GeneratedRegex(@"(?m)^using (?:(?:static|\w+ =) ([\w.]+)\.\w+|([\w.]+));")]
    private static partial Regex UsingPattern();
}
