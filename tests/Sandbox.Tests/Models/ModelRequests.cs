using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Models;

namespace BuildPipeline.Sandbox.Tests.Models;

/// <summary>Makes requests of an operation out of its model: the members that it needs, and one more.</summary>
internal sealed class ModelRequests(ServiceModel service, string operation)
{
    private const double Moment = 1_767_225_600;

    private static readonly string[] Texts =
    [
        "a", "aa", "aaaaaaaaa", "123456", "123456789012", "Name", "aaaaaaaaaaaaaaaaaaaa", "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "fs-01234567", "s3://bucket/prefix",
        "arn:aws:iam::123456789012:role/training", "arn:aws:lambda:us-east-1:123456789012:function:f",
        "arn:aws:sagemaker:us-east-1:123456789012:training-job/job", "arn:aws:sagemaker:us-east-1:123456789012:training-plan/plan",
        "arn:aws:sagemaker:us-east-1:123456789012:model-package/p", "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/g",
        "arn:aws:sagemaker:us-east-1:123456789012:mlflow-tracking-server/m", "arn:aws:sagemaker:us-east-1:aws:hub-content/hub/Model/m",
        "arn:aws:sagemaker:us-east-1:aws:hub-content/hub/DataSet/d", "arn:aws:billing::123456789012:billingview/primary", "a.b", "$", "/", "v1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ];

    private readonly OperationSupport _support = service.Support[operation];

    /// <summary>The members that the operation needs.</summary>
    public JsonObject Minimal() => Structure(service.InputOf(operation), "");

    /// <summary>A request with a member at a path, and with what its owners need.</summary>
    public JsonObject With(string path, JsonNode? value)
    {
        var request = Minimal();
        JsonNode owner = request;
        var (shape, steps, at) = (service.InputOf(operation), path.Split('.'), "");
        foreach (var step in steps[..^1])
        {
            var name = step.TrimEnd('[', ']');
            shape = service.ShapeOf(shape.Members[name]);
            at += name;
            owner[name] ??= Sample(shape, at);
            owner = owner[name]!;
            for (; shape.Type == ShapeType.List; at += "[]")
            {
                (shape, owner) = (service.ShapeOf(shape.Member!), owner[0]!);
            }

            at += ".";
        }

        owner[steps[^1]] = value;
        return request;
    }

    /// <summary>A value that the model and the sandbox's own list of values allow.</summary>
    public JsonNode Sample(Shape shape, string path) => shape.Type switch
    {
        ShapeType.Structure => Structure(shape, path + "."),
        ShapeType.List => new JsonArray([.. Enumerable.Range(0, (int)Math.Max(1, shape.Min ?? 0)).Select(_ => Sample(service.ShapeOf(shape.Member!), path + "[]"))]),
        ShapeType.Map => Map(shape, (int)Math.Max(1, shape.Min ?? 0), path),
        ShapeType.String => _support.Values.TryGetValue(path, out var values) ? values[0] : Text(shape),
        ShapeType.Boolean => !_support.Values.TryGetValue(path, out var flags) || flags[0] == "true",
        ShapeType.Timestamp => Moment,
        ShapeType.Blob => "YQ==",
        _ => (double)Math.Max(1, shape.Min ?? 0),
    };

    /// <summary>A map with that many entries.</summary>
    public JsonObject Map(Shape shape, int count, string path)
    {
        var key = Text(service.ShapeOf(shape.Key!));
        return new(Enumerable.Range(0, count).Select(i => KeyValuePair.Create(FormattableString.Invariant($"{key}{i}"), (JsonNode?)Sample(service.ShapeOf(shape.Value!), path))));
    }

    /// <summary>A text that the model allows.</summary>
    public static string Text(Shape shape) => shape.Enum?[0]
        ?? Texts.First(text => text.Length >= (shape.Min ?? 0) && text.Length <= (shape.Max ?? int.MaxValue) && Fits(shape.Pattern, text));

    /// <summary>.NET's own reading of a pattern, to choose examples by.</summary>
    public static bool Fits(string? pattern, string text) => pattern is null
        || Regex.IsMatch(text, $@"\A(?:{pattern.Replace(@"\p{Alnum}", "a-zA-Z0-9", StringComparison.Ordinal).Replace(@"\_", "_", StringComparison.Ordinal)})\z");

    private JsonObject Structure(Shape shape, string prefix) => new(
        shape.Required.Select(name => KeyValuePair.Create(name, (JsonNode?)Sample(service.ShapeOf(shape.Members[name]), prefix + name))));
}
