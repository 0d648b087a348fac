using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Models;

namespace BuildPipeline.Sandbox.Tests.Models;

/// <summary>A request at a limit of one member.</summary>
/// <param name="Violation">AWS's sentence on it; null if it is valid, or where <paramref name="IsReadable"/> is false.</param>
internal sealed record BoundaryCase(string Operation, string Path, JsonObject Request, string? Violation, bool IsReadable = true);

/// <summary>Requests at the limits that the model of an operation puts on each of its members.</summary>
internal sealed class BoundaryCases(ServiceModel service, string operation)
{
    private const string NotNull = "Member must not be null";
    private const int LongestText = 5000;

    private readonly ModelRequests _requests = new(service, operation);

    public IEnumerable<BoundaryCase> All() => service.MembersOf(operation).SelectMany(Of);

    private IEnumerable<BoundaryCase> Of(MemberOf member)
    {
        var (path, shape) = (member.Path, member.Shape);
        yield return Case(path, _requests.Sample(shape, path), null);
        yield return Case(path, shape.Type is ShapeType.String or ShapeType.Blob ? 1 : "text", null, isReadable: false);
        if (member.IsRequired)
        {
            yield return Case(path, null, $"Value at '{Shown(path)}' failed to satisfy constraint: {NotNull}");
        }

        var cases = shape.Type switch
        {
            ShapeType.String => Texts(path, shape, value => value),
            ShapeType.Blob => Blobs(path, shape),
            ShapeType.List => Lists(path, shape),
            ShapeType.Map => Maps(path, shape),
            ShapeType.Integer or ShapeType.Long => Numbers(path, shape),
            _ => [],
        };
        foreach (var one in cases)
        {
            yield return one;
        }
    }

    private IEnumerable<BoundaryCase> Numbers(string path, Shape shape)
    {
        yield return Case(path, 1.5, null, isReadable: false);
        foreach (var (limit, isValid, constraint) in Limits(shape, "value"))
        {
            yield return Case(path, limit, isValid ? null : Sentence(path, FormattableString.Invariant($"{limit}"), constraint));
        }
    }

    private IEnumerable<BoundaryCase> Texts(string path, Shape shape, Func<string, JsonNode> place, string? part = null)
    {
        BoundaryCase Invalid(string text, string constraint) => Case(
            path, place(text), part is null ? Sentence(path, text, constraint) : $"Value at '{Shown(path)}' failed to satisfy constraint: {part} must satisfy constraint: [{constraint}]");

        var sample = ModelRequests.Text(shape);
        foreach (var (limit, isValid, constraint) in Limits(shape, "length").Where(limit => limit.Number is >= 0 and <= LongestText))
        {
            var text = limit <= sample.Length ? sample[..(int)limit] : sample.PadRight((int)limit, 'a');
            if (!isValid)
            {
                yield return Invalid(text, constraint);
            }
            else if (shape.Enum is null && ModelRequests.Fits(shape.Pattern, text))
            {
                yield return Case(path, place(text), null);
            }
        }

        string[] strange = [sample + "\n", " ", "!", "a b", "*", ":", "a\u20ac"];
        foreach (var text in strange.Where(text => !ModelRequests.Fits(shape.Pattern, text)).Take(3))
        {
            yield return Invalid(text, $"Member must satisfy regular expression pattern: {shape.Pattern}");
        }

        if (shape.Pattern is ".*" or ".+")
        {
            yield return Invalid(sample + "\r", $"Member must satisfy regular expression pattern: {shape.Pattern}");
        }

        if (shape.Enum is { } values)
        {
            yield return Invalid("none-of-them", $"Member must satisfy enum value set: [{string.Join(", ", values)}]");
            yield return Case(path, place(values[^1]), null);
        }
    }

    private IEnumerable<BoundaryCase> Blobs(string path, Shape shape)
    {
        yield return Case(path, "not base64", null, isReadable: false);
        foreach (var (limit, isValid, constraint) in Limits(shape, "length").Where(limit => limit.Number is >= 0 and <= LongestText))
        {
            var bytes = Convert.ToBase64String(new byte[limit]);
            yield return Case(path, bytes, isValid ? null : Sentence(path, bytes, constraint));
        }
    }

    private IEnumerable<BoundaryCase> Lists(string path, Shape shape)
    {
        var (item, items) = (service.ShapeOf(shape.Member!), path + "[]");
        JsonArray Repeated(long count) => new([.. Enumerable.Range(0, (int)count).Select(_ => _requests.Sample(item, items))]);
        foreach (var (limit, isValid, constraint) in Limits(shape, "length").Where(limit => limit.Number is >= 0 and < LongestText))
        {
            var list = Repeated(limit);
            yield return Case(path, list, isValid ? null : Sentence(path, list.ToJsonString(), constraint));
        }

        yield return Case(path, new JsonArray([null]), $"Value at '{Shown(items)}' failed to satisfy constraint: {NotNull}");
        foreach (var one in item.Type == ShapeType.String ? Texts(items, item, text => new JsonArray(text)) : [])
        {
            yield return one;
        }
    }

    private IEnumerable<BoundaryCase> Maps(string path, Shape shape)
    {
        foreach (var (limit, isValid, constraint) in Limits(shape, "length").Where(limit => limit.Number >= 0))
        {
            var map = _requests.Map(shape, (int)limit, path);
            yield return Case(path, map, isValid ? null : Sentence(path, map.ToJsonString(), constraint));
        }

        var (key, value) = (service.ShapeOf(shape.Key!), service.ShapeOf(shape.Value!));
        JsonNode With(string name, JsonNode? entry) => new JsonObject(_requests.Map(shape, (int)Math.Max(1, shape.Min ?? 0), path).Skip(1)
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())).Append(KeyValuePair.Create(name, entry)));
        var values = value.Type == ShapeType.String ? Texts(path, value, text => With("k", text), "Map value") : [];
        foreach (var one in Texts(path, key, text => With(text, _requests.Sample(value, path)), "Map keys").Concat(values))
        {
            yield return one;
        }
    }

    private static IEnumerable<(long Number, bool IsValid, string Constraint)> Limits(Shape shape, string what)
    {
        if (shape.Min is { } min)
        {
            yield return (min - 1, false, $"Member must have {what} greater than or equal to {min}");
            yield return (min, true, "");
        }

        if (shape.Max is { } max)
        {
            yield return (max, true, "");
            yield return (max + 1, false, $"Member must have {what} less than or equal to {max}");
        }
    }

    private BoundaryCase Case(string path, JsonNode? value, string? violation, bool isReadable = true) =>
        new(operation, path, _requests.With(path.TrimEnd('[', ']'), value), violation, isReadable);

    private static string Sentence(string path, string value, string constraint) =>
        $"Value '{value}' at '{Shown(path)}' failed to satisfy constraint: {constraint}";

    private static string Shown(string path) => string.Join('.', path.Split('.').Select(step =>
        char.ToLowerInvariant(step[0]) + step[1..].Replace("[]", ".1.member", StringComparison.Ordinal)));
}
