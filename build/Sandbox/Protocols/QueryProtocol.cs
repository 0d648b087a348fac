using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Models;
using Microsoft.Extensions.Primitives;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>AWS's query protocol and EC2's variant of it: the operation and its members as fields of a form.</summary>
internal static class QueryProtocol
{
    private static readonly string[] NotMembers = ["Action", "Version"];

    /// <summary>The operation that a request asks for, and its members as a document that the guard let pass.</summary>
    /// <exception cref="AwsError">The service has no such operation here, or the guard refuses the request.</exception>
    public static async Task<(string Action, JsonObject Input)> ReadAsync(HttpContext context, RequestGuard guard)
    {
        IEnumerable<KeyValuePair<string, StringValues>> fields = context.Request.HasFormContentType
            ? await context.Request.ReadFormAsync(context.RequestAborted)
            : context.Request.Query;
        var form = fields.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);
        var action = form.GetValueOrDefault("Action", "");
        if (!guard.Model.Support.ContainsKey(action))
        {
            throw new AwsError(
                400, "InvalidAction", $"The sandbox has no action '{action}' of this service, it has {string.Join(", ", guard.Model.Support.Keys)}.");
        }

        var input = Document(guard.Model, action, form.Where(field => IsMember(field.Key)).ToDictionary(StringComparer.Ordinal));
        guard.Check(action, input);
        return (action, input);
    }

    /// <summary>Runs the action that a request asks for and writes its answer.</summary>
    /// <param name="space">The service's XML namespace.</param>
    /// <exception cref="AwsError">The service has no such operation here, or refuses the request.</exception>
    public static async Task AnswerAsync(HttpContext context, RequestGuard guard, AwsOperations operations, XNamespace space)
    {
        var (action, input) = await ReadAsync(context, guard);
        var answer = await operations.CallAsync(action, AwsCall.Of(context, input));
        var response = new XElement(
            space + (action + "Response"),
            answer is null ? null : new XElement(space + (action + "Result"), Elements(answer, space)),
            new XElement(space + "ResponseMetadata", new XElement(space + "RequestId", context.TraceIdentifier)));
        context.Response.ContentType = "text/xml";
        await context.Response.WriteAsync(response.ToString(SaveOptions.DisableFormatting), context.RequestAborted);
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

    // A signature in the query is not a member of the request.
    private static bool IsMember(string field) => !NotMembers.Contains(field) && !field.StartsWith("X-Amz-", StringComparison.Ordinal);

    /// <param name="node">An object is a map where its name says so: the answers of this protocol have no other sign of it.</param>
    private static IEnumerable<XObject> Elements(JsonNode? node, XNamespace space, bool isMap = false) => node switch
    {
        JsonObject map when isMap => map.Select(entry => new XElement(
            space + "entry", new XElement(space + "key", entry.Key), new XElement(space + "value", Elements(entry.Value, space)))),
        JsonObject structure => structure.Select(member => new XElement(space + member.Key, Elements(member.Value, space, member.Key == "Attributes"))),
        JsonArray list => list.Select(item => new XElement(space + "member", Elements(item, space))),
        null => [],
        _ => [new XText(node.ToString())],
    };

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
            ShapeType.Map => Map(shape, shape.Flattened ? field : field + ".entry"),
            _ => Scalar(shape.Type, field),
        };

        private JsonArray List(Shape shape, string field) =>
            new([.. Indices(field).Select(index => Value(service.ShapeOf(shape.Member!), $"{field}.{index}"))]);

        private JsonObject Map(Shape shape, string field)
        {
            var map = new JsonObject();
            foreach (var entry in Indices(field).Select(index => $"{field}.{index}."))
            {
                var name = entry + (shape.Key!.Name ?? "key");
                _read.Add(name);
                map[fields.GetValueOrDefault(name, "")] = Value(service.ShapeOf(shape.Value!), entry + (shape.Value!.Name ?? "value"));
            }

            return map;
        }

        private IEnumerable<int> Indices(string field) => fields.Keys.Where(key => key.StartsWith(field + ".", StringComparison.Ordinal))
            .Select(key => int.TryParse(key[(field.Length + 1)..].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : 0)
            .Where(index => index > 0).Distinct().Order().ToList();

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
