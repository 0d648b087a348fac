using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Terraform;

namespace BuildPipeline.Sweeps;

/// <summary>Makes the variable file of a variant: what its runs get besides the environment's files and the options of the call.</summary>
public static class SweepVariables
{
    /// <summary>The variables of a variant. An entry of a map is set in the map that the files and options have.</summary>
    /// <param name="number">Number of the variant, for messages.</param>
    /// <param name="variant">Its values, as the file of the sweep has them.</param>
    /// <param name="values">The values without it.</param>
    /// <exception cref="PipelineException">It sets an entry of a variable that is not a map (exit code 2).</exception>
    public static JsonObject Create(int number, IReadOnlyDictionary<string, JsonElement> variant, VariableValues values)
    {
        var variables = new JsonObject();
        foreach (var (name, value) in variant)
        {
            var parts = name.Split('.', 2);
            if (parts is [var map, var key])
            {
                variables[map] ??= Literal(values.Value(map) switch
                {
                    null => new JsonObject(),
                    JsonObject known => known,
                    _ => throw new PipelineException(SweepErrors.InvalidFile, $"Variant {number} sets {name}, but {map} is not a map."),
                });
                variables[map]![key] = NodeOf(value);
            }
            else
            {
                variables[name] = NodeOf(value);
            }
        }

        return variables;
    }

    /// <summary>Refuses names that the module does not declare.</summary>
    /// <exception cref="PipelineException">There is one (exit code 2).</exception>
    public static void RequireDeclared(string file, IReadOnlyList<SweepVariant> variants, VariableValues values, string moduleFolder)
    {
        foreach (var variant in variants)
        {
            if (variant.Variables.FirstOrDefault(variable => values.Map("hyperparameters")?.ContainsKey(variable.Key) == true).Key is { } key)
            {
                throw new PipelineException(SweepErrors.InvalidFile, $"--sweep={file} is not valid: variant {variant.Number} sets {key}, which is a hyperparameter. Write hyperparameters.{key}.");
            }

            TerraformVariables.Check(variant.Variables.Select(variable => $"{variable.Key}={variable.Value}"), moduleFolder);
        }
    }

    /// <summary>The values of a variant for people, for example <c>instance_count=1, hyperparameters.learning_rate=0.001</c>.</summary>
    public static string Describe(IReadOnlyDictionary<string, JsonElement> variant) => string.Join(", ", variant.Select(value => $"{value.Key}={(value.Value.ValueKind == JsonValueKind.String ? value.Value.GetString() : value.Value.GetRawText())}"));

    private static JsonNode? NodeOf(JsonElement value) => JsonSerializer.SerializeToNode(value);

    // HCL escapes the start of a template; a JSON file of variables has no templates.
    private static JsonNode? Literal(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Literal(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Literal)]),
        JsonValue value when value.TryGetValue<string>(out var text) => text.Replace("$${", "${", StringComparison.Ordinal).Replace("%%{", "%{", StringComparison.Ordinal),
        _ => node?.DeepClone(),
    };
}
