using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BuildPipeline.Terraform;

/// <summary>The attributes of variables that are objects, or lists or maps of them. Terraform drops one that is not declared without a word, but a mistyped address or limit must not pass.</summary>
internal static partial class ObjectAttributes
{
    /// <summary>Refuses an attribute that the module does not declare, in variable files and <c>--var</c>.</summary>
    /// <exception cref="PipelineException">There is one (exit code 2); the message names the nearest.</exception>
    public static void Check(TerraformEnvironment environment)
    {
        if (TryRead(environment) is not { } values)
        {
            return;
        }

        foreach (var (name, type) in Declared(environment.ModuleFolder))
        {
            var given = type.ObjectsOf(values.Value(name)).SelectMany(found => found).Select(member => member.Key);
            if (given.FirstOrDefault(attribute => !type.Attributes.Contains(attribute)) is { } unknown)
            {
                throw Undeclared(name, unknown, type.Attributes);
            }
        }
    }

    /// <summary>The variables with attributes, by name.</summary>
    internal static IReadOnlyDictionary<string, ObjectType> Declared(string moduleFolder) =>
        Directory.EnumerateFiles(moduleFolder, "*.tf")
            .SelectMany(file => ObjectPattern().Matches(File.ReadAllText(file).ReplaceLineEndings("\n")))
            .ToDictionary(match => match.Groups["variable"].Value, match => new ObjectType(match.Groups["kind"].Value, [.. match.Groups["attribute"].Captures.Select(capture => capture.Value)]));

    private static PipelineException Undeclared(string variable, string attribute, IReadOnlyList<string> known) => new(
        TerraformErrors.UndeclaredVariable,
        $"Variable '{variable}' has no attribute '{attribute}'.{(NearestMatch.Find(attribute, known) is { } near ? $" Did you mean {near}?" : "")} It has {string.Join(", ", known)}. docs/reference/variables.md says what they mean.");

    // What only terraform can read, it judges by itself.
    private static VariableValues? TryRead(TerraformEnvironment environment)
    {
        try
        {
            return VariableValues.Read(environment);
        }
        catch (PipelineException exception) when (exception.Code == TerraformErrors.InvalidConfiguration)
        {
            return null;
        }
    }

    [GeneratedRegex("""(?m)^variable "(?<variable>\w+)" \{\n(?:(?!\}).*\n)*?  type += (?:(?<kind>list|map|set)\()?object\(\{\n(?:(?:    (?<attribute>\w+) += .*)?\n)+?  \}\)""")]
    private static partial Regex ObjectPattern();
}

/// <summary>The type of a variable that holds objects.</summary>
/// <param name="Collection"><c>list</c>, <c>map</c> or <c>set</c> of objects; empty where it is one object.</param>
/// <param name="Attributes">Names of the attributes of each object.</param>
internal sealed record ObjectType(string Collection, IReadOnlyList<string> Attributes)
{
    /// <summary>The objects in a value of the type.</summary>
    public IEnumerable<JsonObject> ObjectsOf(JsonNode? value) => (Collection, value) switch
    {
        ("", JsonObject found) => [found],
        ("map", JsonObject map) => map.Select(member => member.Value).OfType<JsonObject>(),
        (_, JsonArray items) => items.OfType<JsonObject>(),
        _ => [],
    };
}
