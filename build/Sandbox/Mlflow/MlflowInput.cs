using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Mlflow;

/// <summary>The members of a request or of a part of one. What an operation has not asked for is refused by name.</summary>
internal sealed class MlflowInput
{
    private readonly JsonObject _members;

    /// <param name="operation">As messages name it, for example <c>runs/create</c>.</param>
    /// <param name="members">A JSON object; of a GET, its query.</param>
    /// <param name="known">The members that the operation emulates.</param>
    /// <exception cref="MlflowError">There is another member.</exception>
    public MlflowInput(string operation, JsonObject members, params string[] known)
    {
        _members = members;
        if (members.Select(member => member.Key).FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw MlflowError.NotEmulated($"the member {unknown} of {operation}");
        }
    }

    /// <summary>A text that has to be there.</summary>
    public string RequiredText(string name) => Text(name) is { Length: > 0 } text ? text : throw Missing(name);

    /// <summary>The run's ID, under its name or the one that it had before MLflow 1.0.</summary>
    public string RunId() => Text("run_id") is { Length: > 0 } id ? id : Text("run_uuid") is { Length: > 0 } old ? old : throw Missing("run_id");

    public string? Text(string name) => _members[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var other => throw Wrong(name, other),
    };

    /// <summary>A whole number; JSON's form of 64-bit integers, a string, is one too.</summary>
    public long? Integer(string name) => _members[name] switch
    {
        null => null,
        JsonValue value when long.TryParse(value.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        var other => throw Wrong(name, other),
    };

    /// <summary>A number that has to be there; what JSON has no number for is a string: NaN, Infinity, -Infinity.</summary>
    public double RequiredNumber(string name) => _members[name] switch
    {
        null => throw Missing(name),
        JsonValue value when value.GetValueKind() is JsonValueKind.Number or JsonValueKind.String
            && double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        var other => throw Wrong(name, other),
    };

    /// <summary>A list of objects; empty if there is none.</summary>
    public IReadOnlyList<JsonObject> Objects(string name) => Items(name, node => node as JsonObject);

    /// <summary>A list of texts; empty if there is none.</summary>
    public IReadOnlyList<string> Texts(string name) => Items(name, node => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null);

    private List<T> Items<T>(string name, Func<JsonNode?, T?> read)
        where T : class => _members[name] switch
        {
            null => [],
            JsonArray items => [.. items.Select(item => read(item) ?? throw Wrong(name, items))],
            var other => throw Wrong(name, other),
        };

    private static MlflowError Missing(string name) =>
        MlflowError.Invalid($"Missing value for required parameter '{name}'. See the API docs for more information about request parameters.");

    private static MlflowError Wrong(string name, JsonNode value) =>
        MlflowError.Invalid($"Invalid value {value.ToJsonString()} for parameter '{name}' supplied. See the API docs for more information about request parameters.");
}
