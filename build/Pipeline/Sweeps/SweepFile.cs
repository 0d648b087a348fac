using System.Text.Json;
using System.Text.RegularExpressions;

namespace BuildPipeline.Sweeps;

/// <summary>Reads the file of <c>--sweep</c>: <c>{"variants": [{"instance_count": 1, "hyperparameters.learning_rate": "0.001"}, ...]}</c>.</summary>
public static partial class SweepFile
{
    /// <summary>The most variants that one approval covers.</summary>
    public const int MostVariants = 100;

    private const string Variants = "variants";

    /// <summary>The values of each variant, by the name of a Terraform variable, or that of an entry of a map as <c>VARIABLE.KEY</c>.</summary>
    /// <param name="file">The path, for messages.</param>
    /// <param name="json">The content.</param>
    /// <exception cref="PipelineException">It is not such a file (exit code 2).</exception>
    public static IReadOnlyList<IReadOnlyDictionary<string, JsonElement>> Read(string file, byte[] json)
    {
        var variants = Parse(file, json);
        if (variants.Count is 0 or > MostVariants)
        {
            throw Invalid(file, $"it has {variants.Count} variants; a sweep has 1 to {MostVariants}");
        }

        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, variant) in variants.Index())
        {
            var number = index + 1;
            Check(file, number, variant);
            if (!seen.TryAdd(Canonical(variant), number))
            {
                throw Invalid(file, $"variants {seen[Canonical(variant)]} and {number} are the same");
            }
        }

        return variants;
    }

    /// <summary>The values of a variant in one form, whatever their order in the file.</summary>
    internal static string Canonical(IReadOnlyDictionary<string, JsonElement> variant) =>
        JsonSerializer.Serialize(variant.OrderBy(value => value.Key, StringComparer.Ordinal).ToDictionary(), RunJson.Compact);

    private static List<IReadOnlyDictionary<string, JsonElement>> Parse(string file, byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return root.ValueKind != JsonValueKind.Object || root.EnumerateObject().Any(member => member.Name != Variants)
                || !root.TryGetProperty(Variants, out var variants) || variants.ValueKind != JsonValueKind.Array
                ? throw Invalid(file, $"it must be an object with the list \"{Variants}\" and nothing else")
                : [.. variants.EnumerateArray().Select((variant, index) => Values(file, index + 1, variant))];
        }
        catch (JsonException exception)
        {
            throw Invalid(file, exception.Message.TrimEnd('.'));
        }
    }

    private static Dictionary<string, JsonElement> Values(string file, int number, JsonElement variant)
    {
        if (variant.ValueKind != JsonValueKind.Object)
        {
            throw Invalid(file, $"variant {number} is not an object");
        }

        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in variant.EnumerateObject())
        {
            if (!values.TryAdd(member.Name, member.Value.Clone()))
            {
                throw Invalid(file, $"variant {number} sets {member.Name} twice");
            }
        }

        return values;
    }

    private static void Check(string file, int number, IReadOnlyDictionary<string, JsonElement> variant)
    {
        if (variant.Count == 0)
        {
            throw Invalid(file, $"variant {number} sets nothing");
        }

        foreach (var name in variant.Keys)
        {
            if (!NamePattern().IsMatch(name))
            {
                throw Invalid(file, $"variant {number}: '{name}' is neither the name of a variable nor VARIABLE.KEY");
            }

            if (name.Contains('.') && variant.ContainsKey(name.Split('.')[0]))
            {
                throw Invalid(file, $"variant {number} sets both {name.Split('.')[0]} and {name}");
            }
        }
    }

    private static PipelineException Invalid(string file, string why) => new(SweepErrors.InvalidFile, $"--sweep={file} is not valid: {why}.");

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*(\.[^\p{C}]+)?\z")]
    private static partial Regex NamePattern();
}
