using System.Text;
using System.Text.Json;

namespace BuildPipeline.Terraform;

/// <summary>What a plan imports into the state.</summary>
/// <param name="PlanJson">The plan, as terraform shows it; null if it adopts nothing.</param>
/// <param name="Adopted">Resources of this environment that the state did not have.</param>
/// <param name="Foreign">Resources with a planned name that do not have the environment's tags.</param>
public sealed record AdoptionPlan(string? PlanJson, IReadOnlyList<ImportCandidate> Adopted, IReadOnlyList<ImportCandidate> Foreign);

/// <summary>Plans the import of resources that exist and are not in the state, as an apply that was killed leaves them.</summary>
/// <remarks>
/// Import blocks are part of a plan: nothing changes before that plan is approved and applied. They have to be in the module's folder, so
/// they are written into another copy of it.
/// </remarks>
public sealed class Adoption(TerraformTool tool, TerraformStack stack)
{
    // Each round drops what does not exist or is somebody else's, or finds a key by its alias.
    private const int MostRounds = 6;

    /// <summary>Plans again, with the import of those candidates that exist and carry the tags that they are planned with.</summary>
    /// <param name="targets">True to plan nothing but the imports.</param>
    public async Task<AdoptionPlan> PlanAsync(
        TerraformCall call, IReadOnlyList<ImportCandidate> candidates, string planFile, string jsonFile, bool targets = false)
    {
        var foreign = new List<ImportCandidate>();
        for (var round = 0; round < MostRounds && candidates.Count > 0; round++)
        {
            string json;
            try
            {
                json = await stack.ReplanAsync(
                    call with { Folder = CopyWith(call, candidates) }, planFile, jsonFile, targets ? [.. candidates.Select(candidate => Resource(candidate.Address)).Distinct()] : []);
            }
            catch (PipelineException) when (Missing(candidates) is { Count: > 0 } missing)
            {
                candidates = [.. candidates.Except(missing)];
                continue;
            }

            var found = ReadImports(json);
            var others = candidates.Where(candidate => found.TryGetValue(candidate.Address, out var change) && !IsOwn(change)).ToList();
            if (others.Count == 0 && KeysOf(found, candidates) is not { Count: > 0 })
            {
                return new(json, candidates, foreign);
            }

            foreign.AddRange(others);
            candidates = [.. candidates.Except(others).Where(candidate => !others.Exists(other => IsPartOf(candidate, other))), .. KeysOf(found, candidates).ExceptBy(foreign.Select(other => other.Address), key => key.Address)];
        }

        return new(null, [], foreign);
    }

    // All instances of a resource: what is computed from them needs all.
    private static string Resource(string address) => address.EndsWith(']') ? address[..address.LastIndexOf('[')] : address;

    /// <summary>True if an imported resource carries the tags that it is planned with. Of a type without them it need not be replaced, as a rule of another security group would.</summary>
    internal static bool IsOwn(JsonElement change) =>
        (Tags(change, "after").Count > 0 || !change.GetProperty("actions").EnumerateArray().Any(action => action.GetString() == "delete"))
        && !Tags(change, "after").Any(planned => !Tags(change, "before").Contains(planned));

    private static List<KeyValuePair<string, string?>> Tags(JsonElement change, string side) =>
        change.GetProperty(side) is { ValueKind: JsonValueKind.Object } values && values.TryGetProperty("tags_all", out var tags) && tags.ValueKind == JsonValueKind.Object
            ? [.. tags.EnumerateObject().Select(tag => KeyValuePair.Create(tag.Name, tag.Value.GetString()))]
            : [];

    private static Dictionary<string, JsonElement> ReadImports(string planJson)
    {
        using var document = JsonDocument.Parse(planJson);
        return document.RootElement.GetProperty("resource_changes").EnumerateArray()
            .Where(resource => resource.GetProperty("change").TryGetProperty("importing", out var importing) && importing.ValueKind == JsonValueKind.Object)
            .ToDictionary(resource => resource.GetProperty("address").GetString()!, resource => resource.GetProperty("change").Clone());
    }

    // A key has no name: its alias has one, and says which key it is.
    private static List<ImportCandidate> KeysOf(Dictionary<string, JsonElement> imports, IReadOnlyList<ImportCandidate> candidates) =>
    [
        .. imports.Where(import => KeyOf(import.Key) is { } key && !candidates.Any(candidate => candidate.Address == key))
            .Select(import => new ImportCandidate(KeyOf(import.Key)!, import.Value.GetProperty("before").GetProperty("target_key_id").GetString()!)),
    ];

    private static string? KeyOf(string address) =>
        address.Contains("aws_kms_alias.", StringComparison.Ordinal) ? address.Replace("aws_kms_alias.", "aws_kms_key.", StringComparison.Ordinal) : null;

    // A key goes with its alias, and an association with its subnet and its route table.
    private static bool IsPartOf(ImportCandidate candidate, ImportCandidate other) =>
        KeyOf(candidate.Address) == other.Address || (CreationLog.IsAssociation(candidate.Address) && candidate.Id.Split('/').Contains(other.Id));

    private List<ImportCandidate> Missing(IReadOnlyList<ImportCandidate> candidates) => Missing(candidates, TerraformFailure.Errors(tool.LastLines));

    /// <summary>The candidates that terraform could not import; of an association the provider's error names the ids only.</summary>
    internal static List<ImportCandidate> Missing(IReadOnlyList<ImportCandidate> candidates, string errors) =>
    [
        .. candidates.Where(candidate => errors.Contains($"\"{candidate.Address}\"", StringComparison.Ordinal)
            || (CreationLog.IsAssociation(candidate.Address) && Array.TrueForAll(candidate.Id.Split('/'), part => errors.Contains(part, StringComparison.Ordinal)))),
    ];

    private static string CopyWith(TerraformCall call, IReadOnlyList<ImportCandidate> candidates)
    {
        var copy = Path.Combine(call.Environment.DataFolder, "adopt");
        WorkingFolder.Refresh(call.Environment, copy, ("adopt.tf", Blocks(candidates)));
        return copy;
    }

    private static string Blocks(IReadOnlyList<ImportCandidate> candidates)
    {
        var text = new StringBuilder();
        foreach (var candidate in candidates)
        {
            text.Append("import {\n  to = ").Append(candidate.Address).Append("\n  id = ").Append(JsonSerializer.Serialize(candidate.Id)).Append("\n}\n");
        }

        return text.ToString();
    }
}
