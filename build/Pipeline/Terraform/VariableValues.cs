using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BuildPipeline.Terraform;

/// <summary>The values of the module's variables as files and options set them, known without terraform, state or account.</summary>
public sealed partial class VariableValues
{
    private readonly JsonObject _values;

    private VariableValues(JsonObject values) => _values = values;

    /// <summary>Reads the defaults of the module, the variable files and <c>--var</c>; later ones win.</summary>
    /// <exception cref="PipelineException">A file is not one of literal values (exit code 2).</exception>
    public static VariableValues Read(TerraformEnvironment environment)
    {
        var values = Defaults(environment.ModuleFolder);
        foreach (var (name, value) in environment.VariableFiles.SelectMany(ReadFile))
        {
            values[name] = value?.DeepClone();
        }

        foreach (var assignment in environment.Variables.Select(variable => variable.Split('=', 2)))
        {
            values[assignment[0].Trim()] = ReadOption(assignment[1]);
        }

        return new VariableValues(values);
    }

    /// <summary>A text; null if it is null, missing or of another kind.</summary>
    public string? Text(string name) => _values[name] is JsonValue value ? value.ToString() : null;

    /// <summary>A number; null if it is null, missing or of another kind.</summary>
    public decimal? Number(string name) => _values[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.GetValue<decimal>() : null;

    /// <summary>True if it is set to true.</summary>
    public bool IsTrue(string name) => _values[name] is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    /// <summary>The texts of a list; empty if there is none.</summary>
    public IReadOnlyList<string> Texts(string name) => _values[name] is JsonArray items ? [.. items.Select(item => item?.ToString() ?? "")] : [];

    /// <summary>A value of any kind; null if it is null or missing.</summary>
    internal JsonNode? Value(string name) => _values[name];

    /// <summary>A map; null if there is none.</summary>
    public JsonObject? Map(string name) => _values[name] as JsonObject;

    private static JsonObject ReadFile(string file)
    {
        try
        {
            var text = File.ReadAllText(file);
            return file.EndsWith(".json", StringComparison.Ordinal) ? (JsonObject)JsonNode.Parse(text)! : HclLiterals.Read(text);
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidCastException)
        {
            throw new PipelineException(TerraformErrors.InvalidConfiguration, $"The variable file {file} is not readable: {exception.Message.TrimEnd('.')}. Correct it.", exception);
        }
    }

    // Terraform reads the value of an option as text where the variable is one.
    private static JsonNode? ReadOption(string text)
    {
        try
        {
            return HclLiterals.ReadValue(text);
        }
        catch (FormatException)
        {
            return text;
        }
    }

    private static JsonObject Defaults(string moduleFolder)
    {
        var values = new JsonObject();
        foreach (var match in Directory.EnumerateFiles(moduleFolder, "*.tf").SelectMany(file => DefaultPattern().Matches(File.ReadAllText(file).ReplaceLineEndings("\n"))))
        {
            values[match.Groups[1].Value] = ReadOption(match.Groups[2].Value);
        }

        return values;
    }

    // Of one line; the defaults of several lines are lists that describe metrics.
    [GeneratedRegex("(?m)^variable \"(\\w+)\" \\{\n(?:(?!\\}).*\n)*?  default +=(.*)$")]
    private static partial Regex DefaultPattern();
}
