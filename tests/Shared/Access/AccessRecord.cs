using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BuildPipeline.Access;

/// <summary>A request that a role's policies allowed.</summary>
/// <param name="Role">The role's name without that of the environment, for example <c>launch</c>.</param>
/// <param name="For">What terraform did; null for a call of the pipeline or of a training node.</param>
/// <param name="Keys">The values of those condition keys that some policy asks for.</param>
internal sealed record RecordedRequest(string Role, string Action, string Resource, string? For, IReadOnlyDictionary<string, IReadOnlyList<string>> Keys);

/// <summary>What the roles of an environment asked AWS for while it was planned, applied, changed, used, frozen and destroyed, and the policies that they had.</summary>
/// <param name="Name">What the names of the roles start with.</param>
/// <param name="Policies">Documents by name.</param>
/// <param name="Attached">Names of policies by role.</param>
internal sealed partial record AccessRecord(
    string Name, IReadOnlyDictionary<string, JsonNode> Policies, IReadOnlyDictionary<string, IReadOnlyList<string>> Attached, IReadOnlyList<RecordedRequest> Requests)
{
    private static readonly JsonSerializerOptions Written = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The file that keeps it for tests that do not run all that.</summary>
    public static string File => Path.Combine(Repository.Root, "tests", "Shared", "Access", "record.json");

    /// <summary>What the file holds.</summary>
    public static AccessRecord Read() => JsonSerializer.Deserialize<AccessRecord>(System.IO.File.ReadAllText(File))!;

    /// <summary>The record of an environment.</summary>
    /// <param name="entries">As the sandbox tells them.</param>
    public static AccessRecord Of(
        string name, IReadOnlyDictionary<string, JsonNode> policies, IReadOnlyDictionary<string, IReadOnlyList<string>> attached, JsonElement entries)
    {
        var keys = policies.Values.SelectMany(KeysOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var requests = entries.EnumerateArray().Where(entry => entry.GetProperty("decision").GetString() == "allowed")
            .Select(entry => (Principal: entry.GetProperty("principal").GetString()!.Split($":role/{name}-"), Entry: entry))
            .Where(entry => entry.Principal.Length == 2)
            .Select(entry => new RecordedRequest(
                entry.Principal[1], entry.Entry.GetProperty("action").GetString()!, entry.Entry.GetProperty("resource").GetString()!, entry.Entry.GetProperty("for").GetString(),
                entry.Entry.GetProperty("keys").EnumerateObject().Where(key => keys.Contains(key.Name)).OrderBy(key => key.Name, StringComparer.Ordinal)
                    .ToDictionary(key => key.Name, key => (IReadOnlyList<string>)[.. key.Value.EnumerateArray().Select(value => value.GetString()!)])))
            .DistinctBy(request => $"{request.Role} {request.Action} {request.For} {KindOf(request.Resource)} {string.Join(' ', request.Keys.Keys)}")
            .OrderBy(request => request.Role, StringComparer.Ordinal).ThenBy(request => request.Action, StringComparer.Ordinal).ThenBy(request => request.For, StringComparer.Ordinal)
            .ToList();
        return new(name, policies, attached, requests);
    }

    /// <summary>What a record says of every such environment: names, numbers and times left out.</summary>
    public IEnumerable<string> Summary =>
    [
        .. Policies.Select(policy => $"{policy.Key}: {Number().Replace(policy.Value.ToJsonString(), "")}"),
        .. Attached.Select(role => $"{role.Key}: {string.Join(' ', role.Value)}"),
        .. Requests.Select(request => $"{request.Role}: {request.Action} {request.For}").Distinct(),
    ];

    /// <summary>As the file has it: a line for each policy and each request.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, Written)
        .Replace(",{\"Role\":", ",\n{\"Role\":", StringComparison.Ordinal)
        .Replace("},\"Attached\":", "},\n\"Attached\":", StringComparison.Ordinal)
        .Replace("\"Requests\":[", "\n\"Requests\":[\n", StringComparison.Ordinal) + "\n";

    private static IEnumerable<string> KeysOf(JsonNode document) => AccessPolicies.Statements(document)
        .SelectMany(statement => statement["Condition"]?.AsObject() ?? [])
        .SelectMany(test => test.Value!.AsObject().Select(condition => condition.Key));

    // Policies tell resources apart by the first parts of their names, and not by numbers.
    private static string KindOf(string resource) => string.Join('/', Number().Replace(resource, "").Split('/').Take(4));

    [GeneratedRegex("[0-9a-f]{4,}|[0-9]+")]
    private static partial Regex Number();
}
