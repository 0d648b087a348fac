using System.Globalization;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Models;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>AWS's query protocol and EC2's variant of it: the operation and its members as fields of a form.</summary>
internal static class QueryProtocol
{
    private static readonly string[] NotMembers = ["Action", "Version"];

    /// <summary>The operation that a request asks for, and its members as a document that the guard let pass.</summary>
    /// <exception cref="AwsError">The service has no such operation here, or the guard refuses the request.</exception>
    public static async Task<(string Action, JsonObject Input)> ReadAsync(HttpContext context, RequestGuard guard)
    {
        var form = context.Request.HasFormContentType
            ? (await context.Request.ReadFormAsync(context.RequestAborted)).ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal)
            : [];
        var action = form.GetValueOrDefault("Action", "");
        if (!guard.Model.Support.ContainsKey(action))
        {
            throw new AwsError(
                400, "InvalidAction", $"The sandbox has no action '{action}' of this service, it has {string.Join(", ", guard.Model.Support.Keys)}.");
        }

        var input = Document(guard.Model, action, form.Where(field => !NotMembers.Contains(field.Key)).ToDictionary(StringComparer.Ordinal));
        guard.Check(action, input);
        return (action, input);
    }

    /// <summary>The fields of a form as a document. A field that the model does not have is its own member name, so the guard finds it.</summary>
    public static JsonObject Document(ServiceModel service, string operation, IReadOnlyDictionary<string, string> fields)
    {
        var form = new Form(service, fields);
        var document = form.Structure(service.InputOf(operation), "");
        foreach (var (name, value) in form.Unread)
        {
            document[name] = value;
        }

        return document;
    }

    private sealed class Form(ServiceModel service, IReadOnlyDictionary<string, string> fields)
    {
        private readonly HashSet<string> _read = new(StringComparer.Ordinal);

        public IEnumerable<KeyValuePair<string, string>> Unread => fields.Where(entry => !_read.Contains(entry.Key));

        public JsonObject Structure(Shape shape, string prefix)
        {
            var structure = new JsonObject();
            foreach (var (name, member) in shape.Members)
            {
                var field = prefix + (member.Name ?? name);
                if (IsGiven(field))
                {
                    structure[name] = Value(service.ShapeOf(member), field);
                }
            }

            return structure;
        }

        private bool IsGiven(string field) =>
            fields.Keys.Any(key => key == field || (key.StartsWith(field, StringComparison.Ordinal) && key[field.Length] == '.'));

        private JsonNode? Value(Shape shape, string field) => shape.Type switch
        {
            ShapeType.Structure => Structure(shape, field + "."),
            ShapeType.List => List(shape, service.Protocol == "ec2" || shape.Flattened ? field : field + ".member"),
            _ => Scalar(shape.Type, field),
        };

        private JsonArray List(Shape shape, string field)
        {
            var indices = fields.Keys.Where(key => key.StartsWith(field + ".", StringComparison.Ordinal))
                .Select(key => int.TryParse(key[(field.Length + 1)..].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : 0)
                .Where(index => index > 0).Distinct().Order();
            return new JsonArray([.. indices.Select(index => Value(service.ShapeOf(shape.Member!), $"{field}.{index}"))]);
        }

        // What cannot be read stays text, which the guard refuses for its kind.
        private JsonValue? Scalar(ShapeType type, string field)
        {
            _read.Add(field);
            var text = fields.GetValueOrDefault(field, "");
            return type switch
            {
                ShapeType.Boolean when bool.TryParse(text, out var flag) => JsonValue.Create(flag),
                ShapeType.Timestamp when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) =>
                    JsonValue.Create(time.ToEpochSeconds()),
                ShapeType.Integer or ShapeType.Long or ShapeType.Float or ShapeType.Double
                    when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
                _ => JsonValue.Create(text),
            };
        }
    }
}
