using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace BuildPipeline.Pipeline.Tests.Packages;

/// <summary>Finds names in source text that the published packages make ambiguous and the smaller stand-ins do not.</summary>
internal static partial class PublishedNames
{
    private static readonly string[] Implicit =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks", "Xunit"];

    private static readonly HashSet<string> BeforeTypes =
        ["new", "return", "is", "as", "throw", "case", "in", "not", "or", "and", "await", "params", "out", "ref", "static", "public", "private", "internal", "readonly", "override", "async", "required"];

    /// <summary>The published types, by namespace.</summary>
    public static ILookup<string, string> Table { get; } = ReadTable();

    /// <summary>Every type of the framework and of the other packages, by namespace.</summary>
    public static ILookup<string, string> Others { get; } = ReadOthers();

    /// <summary>The types that the given files declare, by namespace.</summary>
    public static ILookup<string, string> Declared(IEnumerable<string> sources) => sources
        .SelectMany(source => Declaration().Matches(source).Select(m => (Namespace: NamespaceOf(source), Name: m.Groups[1].Value)))
        .ToLookup(t => t.Namespace, t => t.Name);

    /// <summary>The names that a file uses and imports twice, at least once from a published package.</summary>
    public static IEnumerable<string> AmbiguousIn(string source, ILookup<string, string> own)
    {
        var imports = Import().Matches(source).Select(m => m.Groups[1].Value).Concat(Implicit).Distinct().ToList();
        var text = NotCode().Replace(source, "");
        var nearer = Enclosing(NamespaceOf(source)).SelectMany(n => own[n]).Concat(Alias().Matches(source).Select(m => m.Groups[1].Value)).ToHashSet();
        return imports
            .SelectMany(import => Table[import])
            .Distinct()
            .Where(name => !nearer.Contains(name) && imports.Count(import => Has(import, name, own)) > 1 && IsUsed(name, text));
    }

    private static bool Has(string import, string name, ILookup<string, string> own) =>
        Table[import].Contains(name) || Others[import].Contains(name) || own[import].Contains(name);

    // Not the name of a member, a parameter or an argument: those follow a dot or a type, or come before '=' or ':'.
    private static bool IsUsed(string name, string text) => Regex
        .Matches(text, $@"(?<![\w.])(?:([\w>\]?]+) )?(?<![\w.]){name}\b(?!\s*(?:=[^>]|:))")
        .Any(use => !use.Groups[1].Success || BeforeTypes.Contains(use.Groups[1].Value));

    private static IEnumerable<string> Enclosing(string @namespace)
    {
        for (var rest = @namespace; rest.Length > 0; rest = rest[..Math.Max(0, rest.LastIndexOf('.'))])
        {
            yield return rest;
        }
    }

    private static string NamespaceOf(string source) => NamespaceLine().Match(source).Groups[1].Value;

    private static ILookup<string, string> ReadTable()
    {
        var section = "";
        var found = new List<(string Namespace, string Name)>();
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "tests/Pipeline.Tests/Packages/published-names.txt")).Where(l => !l.StartsWith('#')))
        {
            section = line.StartsWith('[') ? line.Trim('[', ']') : section;
            found.AddRange(line.StartsWith('[') ? [] : line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => (section, name)));
        }

        return found.ToLookup(t => t.Namespace, t => t.Name);
    }

    private static ILookup<string, string> ReadOthers() => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .SelectMany(TypesOf)
        .Where(t => !Table.Contains(t.Namespace))
        .ToLookup(t => t.Namespace, t => t.Name);

    private static List<(string Namespace, string Name)> TypesOf(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        var metadata = image.GetMetadataReader();
        return [.. metadata.TypeDefinitions
            .Select(metadata.GetTypeDefinition)
            .Where(type => (type.Attributes & System.Reflection.TypeAttributes.VisibilityMask) == System.Reflection.TypeAttributes.Public)
            .Select(type => (metadata.GetString(type.Namespace), metadata.GetString(type.Name).Split('`')[0]))];
    }

    [GeneratedRegex(@"^using ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex(@"^using (\w+) =", RegexOptions.Multiline)]
    private static partial Regex Alias();

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record)\s+(?!struct\b|class\b)(\w+)")]
    private static partial Regex Declaration();

    [GeneratedRegex("""//[^\n]*|\$?"(?:[^"\\\n]|\\.)*"|^using [^\n]*""", RegexOptions.Multiline)]
    private static partial Regex NotCode();
}
