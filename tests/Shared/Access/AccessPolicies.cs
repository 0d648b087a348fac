using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Access;

/// <summary>The roles that infra/access makes of values.tfvars, and their policies, as a plan has them.</summary>
/// <param name="Policies">Documents by name, as in <c>finetune-dev-run</c>.</param>
/// <param name="Trust">Trust policies by name of the role.</param>
/// <param name="Attached">Names of policies by name of the role.</param>
internal sealed record AccessPolicies(
    IReadOnlyDictionary<string, JsonNode> Policies, IReadOnlyDictionary<string, JsonNode> Trust, IReadOnlyDictionary<string, IReadOnlyList<string>> Attached)
{
    /// <summary>What the names of all of them start with.</summary>
    public const string Name = "finetune-dev";

    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Folder => Path.Combine(Repository.Root, "tests", "Shared", "Access");

    /// <summary>The file that keeps them for tests that do not run terraform; a test that does compares it.</summary>
    public static string File => Path.Combine(Folder, "policies.json");

    /// <summary>The variables that they are made from.</summary>
    public static string Values => Path.Combine(Folder, "values.tfvars");

    /// <summary>What the file holds.</summary>
    public static AccessPolicies Read() => JsonSerializer.Deserialize<AccessPolicies>(System.IO.File.ReadAllText(File))!;

    /// <summary>What a plan creates.</summary>
    /// <param name="plan">As <c>terraform show -json</c> prints it.</param>
    /// <param name="name">What the names of all of them start with.</param>
    public static AccessPolicies Of(JsonElement plan, string name = Name)
    {
        var created = plan.GetProperty("resource_changes").EnumerateArray().Where(change => change.GetProperty("mode").GetString() == "managed" && change.GetProperty("type").GetString()!.StartsWith("aws_iam_", StringComparison.Ordinal))
            .Select(change => (Type: change.GetProperty("type").GetString(), Key: change.GetProperty("index").GetString()!, After: change.GetProperty("change").GetProperty("after")))
            .OrderBy(resource => resource.Key, StringComparer.Ordinal).ToList();
        Dictionary<string, JsonNode> Documents(string type, string attribute) => created.Where(resource => resource.Type == type)
            .ToDictionary(resource => Text(resource.After, "name"), resource => JsonNode.Parse(Text(resource.After, attribute))!);

        return new(
            Documents("aws_iam_policy", "policy"),
            Documents("aws_iam_role", "assume_role_policy"),
            created.Where(resource => resource.Type == "aws_iam_role_policy_attachment").GroupBy(resource => Text(resource.After, "role"))
                .ToDictionary(role => role.Key, role => (IReadOnlyList<string>)[.. role.Select(attachment => $"{name}-{attachment.Key[(attachment.Key.IndexOf('-', StringComparison.Ordinal) + 1)..]}")]));
    }

    /// <summary>The statements of a policy.</summary>
    public static IEnumerable<JsonNode> Statements(JsonNode document) => document["Statement"]!.AsArray().Select(statement => statement!);

    /// <summary>The texts of a member that may be one text or a list.</summary>
    public static IReadOnlyList<string> Texts(JsonNode statement, string member) =>
        statement[member] is JsonArray several ? [.. several.Select(item => item!.ToString())] : [statement[member]!.ToString()];

    /// <summary>As the file has them.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, Written) + "\n";

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
