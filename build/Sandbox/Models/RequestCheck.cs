using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Models;

/// <summary>Why a request is refused.</summary>
internal enum RefusalKind
{
    /// <summary>A value is of another kind than the model has it.</summary>
    Unreadable,

    /// <summary>AWS would refuse it: a value violates a constraint of the model.</summary>
    Invalid,

    /// <summary>The sandbox does not emulate a member or a value, or the model has no such member.</summary>
    NotEmulated,
}

/// <summary>Why a request is refused, in a sentence for the caller.</summary>
internal sealed record Refusal(RefusalKind Kind, string Message);

/// <summary>Holds one request against the model of its operation and against what the sandbox emulates of it.</summary>
internal sealed class RequestCheck
{
    private readonly ServiceModel _service;
    private readonly OperationSupport _support;
    private readonly List<string> _unreadable = [];
    private readonly List<string> _violations = [];
    private readonly List<string> _unknown = [];
    private readonly List<string> _refused = [];
    private readonly List<string> _values = [];

    private RequestCheck(ServiceModel service, string operation) => (_service, _support) = (service, service.Support[operation]);

    /// <returns>Null if the request can be answered.</returns>
    public static Refusal? Check(ServiceModel service, string operation, JsonObject request)
    {
        var check = new RequestCheck(service, operation);
        check.Structure(service.InputOf(operation), request, new Place("", ""));
        return check.Result(operation);
    }

    private Refusal? Result(string operation)
    {
        if (_unreadable.Count > 0)
        {
            return new(RefusalKind.Unreadable, _unreadable[0]);
        }

        if (_violations.Count > 0)
        {
            var errors = _violations.Count == 1 ? "1 validation error" : $"{_violations.Count} validation errors";
            return new(RefusalKind.Invalid, $"{errors} detected: {string.Join("; ", _violations)}");
        }

        string[] sentences =
        [
            .. _unknown.Count == 0 ? Array.Empty<string>() : [$"{operation} has no member {Listed(_unknown)}."],
            .. _refused.Count == 0 ? Array.Empty<string>() : [$"The sandbox does not emulate {Listed(_refused)} of {operation}."],
            .. _values.Distinct().Select(value => $"The sandbox does not emulate {value}."),
        ];
        return sentences.Length == 0 ? null : new(RefusalKind.NotEmulated, string.Join(' ', sentences));
    }

    // An item of a list that repeats a mistake does not repeat the sentence.
    private static string Listed(IEnumerable<string> paths) => string.Join(", ", paths.Distinct().Select(path => $"'{path}'"));

    private void Structure(Shape shape, JsonObject structure, Place place)
    {
        var isRefused = place.Path.Length > 0 && _support.Find(place.Path.TrimEnd('[', ']')) == MemberSupport.Refused;
        foreach (var (name, member) in shape.Members)
        {
            var at = place.Member(name);
            if (structure[name] is not { } value)
            {
                if (shape.Required.Contains(name))
                {
                    _violations.Add(at.Violates(Constraints.NotNull));
                }

                continue;
            }

            Value(_service.ShapeOf(member), value, at);
            if (!isRefused && _support.Find(at.Path) == MemberSupport.Refused)
            {
                _refused.Add(at.Path);
            }
        }

        _unknown.AddRange(structure.Where(member => !shape.Members.ContainsKey(member.Key)).Select(member => place.Member(member.Key).Path));
    }

    private void Value(Shape shape, JsonNode value, Place at)
    {
        switch (shape.Type, value)
        {
            case (ShapeType.Structure, JsonObject structure):
                Structure(shape, structure, at);
                break;
            case (ShapeType.List, JsonArray items):
                _violations.AddRange(shape.ViolatedByLength(items.Count).Select(violation => at.Violates(violation, Text(value))));
                Items(_service.ShapeOf(shape.Member!), items, at);
                break;
            case (ShapeType.Map, JsonObject map):
                _violations.AddRange(shape.ViolatedByLength(map.Count).Select(violation => at.Violates(violation, Text(value))));
                Entries(shape, map, at);
                break;
            default:
                Scalar(shape, value, at);
                break;
        }
    }

    private void Items(Shape shape, JsonArray items, Place at)
    {
        foreach (var (index, item) in items.Index())
        {
            if (item is null)
            {
                _violations.Add(at.Item(index).Violates(Constraints.NotNull));
            }
            else
            {
                Value(shape, item, at.Item(index));
            }
        }
    }

    private void Entries(Shape shape, JsonObject map, Place at)
    {
        var (key, value) = (_service.ShapeOf(shape.Key!), _service.ShapeOf(shape.Value!));
        foreach (var (name, entry) in map)
        {
            _violations.AddRange(key.Violated(name).Select(violation => at.Violates($"Map keys must satisfy constraint: [{violation}]")));
            if (entry is null)
            {
                _violations.Add(at.Violates(Constraints.NotNull));
            }
            else if (value.Type != ShapeType.String)
            {
                Value(value, entry, at);
            }
            else if (entry.GetValueKind() != JsonValueKind.String)
            {
                _unreadable.Add(at.Mismatch(ShapeType.String, entry));
            }
            else
            {
                _violations.AddRange(value.Violated(Text(entry)).Select(violation => at.Violates($"Map value must satisfy constraint: [{violation}]")));
            }
        }
    }

    private void Scalar(Shape shape, JsonNode value, Place at)
    {
        IEnumerable<string>? violations = (shape.Type, value.GetValueKind()) switch
        {
            (ShapeType.String, JsonValueKind.String) => shape.Violated(Text(value)),
            (ShapeType.Blob, JsonValueKind.String) => BytesIn(Text(value)) is { } bytes ? shape.ViolatedByLength(bytes) : null,
            (ShapeType.Boolean, JsonValueKind.True or JsonValueKind.False) => [],
            (ShapeType.Integer or ShapeType.Long or ShapeType.Float or ShapeType.Double or ShapeType.Timestamp, JsonValueKind.Number)
                when Fits(shape.Type, value.GetValue<double>()) => shape.Violated(value.GetValue<double>()),
            _ => null,
        };
        if (violations is null)
        {
            _unreadable.Add(at.Mismatch(shape.Type, value));
            return;
        }

        _violations.AddRange(violations.Select(violation => at.Violates(violation, Text(value))));
        if (!_support.Takes(at.Path, Text(value)))
        {
            _values.Add($"the value '{Text(value)}' of '{at.Path}'; it has {string.Join(", ", _support.Values[at.Path])}");
        }
    }

    private static bool Fits(ShapeType type, double number) => type switch
    {
        ShapeType.Integer => Math.Floor(number) == number && number is >= int.MinValue and <= int.MaxValue,
        ShapeType.Long => Math.Floor(number) == number && number is >= long.MinValue and <= long.MaxValue,
        _ => double.IsFinite(number),
    };

    // Of base64; null for any other text.
    private static int? BytesIn(string text) => Convert.TryFromBase64String(text, new byte[text.Length], out var bytes) ? bytes : null;

    private static string Text(JsonNode value) => value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
}
