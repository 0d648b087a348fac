using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.SageMaker.Requests;

/// <summary>Holds a request against the rows of the service model, with AWS's own messages.</summary>
internal static class RequestValidator
{
    /// <exception cref="AwsError">
    /// ValidationException that names every violated constraint, or SerializationException for a member of the wrong kind.
    /// </exception>
    public static void Validate(JsonObject request, IEnumerable<Constraint> model)
    {
        var complaints = model
            .SelectMany(constraint => Find(request, constraint.Steps, "").SelectMany(found => Check(constraint, found)))
            .ToArray();
        if (complaints.Length > 0)
        {
            var errors = complaints.Length == 1 ? "1 validation error" : $"{complaints.Length} validation errors";
            throw Invalid($"{errors} detected: {string.Join("; ", complaints)}");
        }
    }

    public static AwsError Invalid(string message) => new(400, "ValidationException", message);

    // A member whose owner is absent is not looked for: required counts inside what is there.
    private static IEnumerable<Found> Find(JsonNode? owner, IEnumerable<string> steps, string path)
    {
        var (step, rest) = (steps.First(), steps.Skip(1).ToArray());
        IEnumerable<Found> members = (owner, step) switch
        {
            (JsonArray items, "[]") => items.Index().Select(item => new Found($"{path}.{item.Index + 1}.member", item.Item)),
            (JsonObject map, "key") => map.Select(entry => new Found(path, JsonValue.Create(entry.Key), "Map keys")),
            (JsonObject map, "value") => map.Select(entry => new Found(path, entry.Value, "Map value")),
            (JsonObject structure, _) => [new Found($"{path}.{JsonInput.Camel(step)}".TrimStart('.'), structure[step])],
            _ => [],
        };
        return rest.Length == 0 ? members : members.SelectMany(member => Find(member.Value, rest, member.Path));
    }

    private static IEnumerable<string> Check(Constraint constraint, Found found)
    {
        if (found.Value is null)
        {
            return constraint.Required || constraint.Steps[^1] is "[]" or "value"
                ? [$"Value at '{found.Path}' failed to satisfy constraint: Member must not be null"]
                : [];
        }

        var complaints = (constraint.Kind, found.Value.GetValueKind()) switch
        {
            (MemberKind.Text, JsonValueKind.String) => constraint.Complaints(found.Value.GetValue<string>()),
            (MemberKind.Integer, JsonValueKind.Number) => constraint.Complaints(WholeNumber(found)),
            (MemberKind.List, JsonValueKind.Array) => constraint.CountComplaints(found.Value.AsArray().Count),
            (MemberKind.Map, JsonValueKind.Object) => constraint.CountComplaints(found.Value.AsObject().Count),
            (MemberKind.Structure, JsonValueKind.Object) or (MemberKind.Flag, JsonValueKind.True or JsonValueKind.False) => [],
            var (kind, actual) => throw Unreadable($"Member '{found.Path}' is {actual}, but has to be {kind}."),
        };
        return complaints.Select(complaint => found.MapPart is { } part
            ? $"Value at '{found.Path}' failed to satisfy constraint: {part} must satisfy constraint: [{complaint}]"
            : $"Value '{Shown(found.Value)}' at '{found.Path}' failed to satisfy constraint: {complaint}");
    }

    private static long WholeNumber(Found found) => found.Value!.GetValue<double>() is var number && Math.Floor(number) == number
        ? (long)number
        : throw Unreadable($"Member '{found.Path}' is {number.ToString(CultureInfo.InvariantCulture)}, but has to be a whole number.");

    private static AwsError Unreadable(string message) => new(400, "SerializationException", message);

    private static string Shown(JsonNode value) => value is JsonValue && value.GetValueKind() == JsonValueKind.String
        ? value.GetValue<string>()
        : value.ToJsonString();

    /// <param name="MapPart">Where the value is a key or a value of a map, how AWS's message names it.</param>
    private sealed record Found(string Path, JsonNode? Value, string? MapPart = null);
}
