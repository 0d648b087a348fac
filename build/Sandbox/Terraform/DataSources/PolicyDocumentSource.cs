using System.IO.Hashing;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Terraform.Resources;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.DataSources;

/// <summary>Renders <c>aws_iam_policy_document</c> as the real provider does, to the character, so digests agree.</summary>
internal static class PolicyDocumentSource
{
    private const string DefaultVersion = "2012-10-17";

    private static readonly JsonSerializerOptions Minified = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Indented = new(Minified) { WriteIndented = true, NewLine = "\n" };

    // The order in which the provider writes a statement's members.
    private static readonly string[] Members =
        ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"];

    public static MapValue Read(MapValue config, ResourceContext context)
    {
        var version = config.Text("version");
        var own = config.Blocks("statement").Select(statement => RenderStatement(statement, version ?? DefaultVersion)).ToList();
        var sources = new PolicyMerge();
        foreach (var source in config.Texts("source_policy_documents").Append(config.Text("source_json") ?? ""))
        {
            sources.Add(source, "source_policy_documents");
        }

        sources.Add(own, "statement");
        foreach (var overriding in config.Texts("override_policy_documents").Append(config.Text("override_json") ?? ""))
        {
            sources.Override(overriding);
        }

        var document = new JsonObject();
        Put(document, "Version", version ?? sources.Version ?? DefaultVersion);
        Put(document, "Id", config.Text("policy_id") ?? sources.Id);
        document["Statement"] = sources.Statements.Count == 0 ? null : new JsonArray([.. sources.Statements.Select(Order)]);
        if (sources.Statements.Count == 0)
        {
            document.Remove("Statement");
        }

        var json = Escape(document.ToJsonString(Indented));
        return config
            .With("version", document["Version"]!.GetValue<string>())
            .With("json", json)
            .With("minified_json", Escape(document.ToJsonString(Minified)))
            .With("id", Crc32.HashToUInt32(Encoding.UTF8.GetBytes(json)).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>What is wrong with a list of policy documents; null if nothing is.</summary>
    public static string? ListFault(string name, Value value) => ((SequenceValue)value).Items.OfType<StringValue>()
        .Where(document => document.Text.Length > 0 && PolicyMerge.TryParse(document.Text) is null)
        .Select(document => $"\"{name}\" contains an invalid JSON policy: {document.Text}")
        .FirstOrDefault();

    private static JsonObject RenderStatement(MapValue statement, string version)
    {
        var rendered = new JsonObject();
        Put(rendered, "Sid", statement.Text("sid"));
        rendered["Effect"] = statement.Text("effect") ?? "Allow";
        rendered["Action"] = OneOrMany(statement.Texts("actions"));
        rendered["NotAction"] = OneOrMany(statement.Texts("not_actions"));
        rendered["Resource"] = OneOrMany(Variables(statement.Texts("resources"), version));
        rendered["NotResource"] = OneOrMany(Variables(statement.Texts("not_resources"), version));
        rendered["Principal"] = RenderPrincipals(statement.Blocks("principals"), version);
        rendered["NotPrincipal"] = RenderPrincipals(statement.Blocks("not_principals"), version);
        rendered["Condition"] = RenderConditions(statement.Blocks("condition"), version);
        return Order(rendered);
    }

    private static JsonNode? RenderPrincipals(IReadOnlyList<MapValue> principals, string version)
    {
        if (principals is [var only] && only.Text("type") == "*" && only.Texts("identifiers") is ["*"])
        {
            return "*";
        }

        var byType = principals.GroupBy(
            principal => principal.Text("type")!, principal => Variables(principal.Texts("identifiers"), version));
        return Sorted(byType.Select(group => KeyValuePair.Create(group.Key, OneOrMany([.. group.SelectMany(identifiers => identifiers)]))));
    }

    private static JsonObject? RenderConditions(IReadOnlyList<MapValue> conditions, string version) => Sorted(conditions
        .GroupBy(condition => condition.Text("test")!)
        .Select(test => KeyValuePair.Create(test.Key, Sorted(test
            .GroupBy(
                condition => Variables([condition.Text("variable")!], version)[0],
                condition => Variables(condition.Texts("values"), version))
            .Select(variable => KeyValuePair.Create(variable.Key, InOrder([.. variable.SelectMany(values => values)])))))));

    /// <summary>One text by itself; several in falling order, as the provider has them.</summary>
    private static JsonNode? OneOrMany(IReadOnlyList<string> texts) =>
        InOrder([.. texts.OrderByDescending(text => text, StringComparer.Ordinal)]);

    private static JsonNode? InOrder(IReadOnlyList<string> texts) => texts switch
    {
        [] => null,
        [var only] => only,
        _ => new JsonArray([.. texts.Select(text => (JsonNode)text)]),
    };

    private static JsonObject? Sorted(IEnumerable<KeyValuePair<string, JsonNode?>> members)
    {
        var sorted = new JsonObject(members.OrderBy(member => member.Key, StringComparer.Ordinal));
        return sorted.Count == 0 ? null : sorted;
    }

    private static JsonObject? Sorted(IEnumerable<KeyValuePair<string, JsonObject?>> members) =>
        Sorted(members.Select(member => KeyValuePair.Create(member.Key, (JsonNode?)member.Value)));

    /// <summary>In the configuration a policy variable is written with an ampersand, since terraform takes the dollar for itself.</summary>
    private static IReadOnlyList<string> Variables(IReadOnlyList<string> texts, string version) =>
        version == DefaultVersion ? [.. texts.Select(text => text.Replace("&{", "${", StringComparison.Ordinal))] : texts;

    private static JsonObject Order(JsonObject statement) => new(Members
        .Where(member => statement[member] is not null)
        .Select(member => KeyValuePair.Create(member, statement[member]?.DeepClone())));

    private static void Put(JsonObject target, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            target[name] = value;
        }
    }

    /// <summary>The provider's JSON writer keeps out of HTML's way.</summary>
    private static string Escape(string json) => json
        .Replace("<", "\\u003c", StringComparison.Ordinal)
        .Replace(">", "\\u003e", StringComparison.Ordinal)
        .Replace("&", "\\u0026", StringComparison.Ordinal);
}
