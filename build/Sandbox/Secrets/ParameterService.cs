using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Secrets;

/// <summary>A parameter as it is kept.</summary>
/// <param name="Type">String or SecureString.</param>
/// <param name="Version">1 for the first value.</param>
internal sealed record Parameter(string Name, string Type, string Value, int Version, DateTimeOffset ModifiedAt);

/// <summary>Parameter Store of Systems Manager, AWS JSON 1.1.</summary>
internal sealed partial class ParameterService : IAwsService
{
    private const string SecureString = "SecureString";
    private const int PageSize = 50;
    private const int LongestValue = 4096;
    private const int MostLevels = 15;

    private readonly PerRegion<RecordStore<Parameter>> _parameters;
    private readonly SandboxSettings _settings;
    private readonly TimeProvider _time;
    private readonly AwsOperations _operations;

    public ParameterService(PerRegion<RecordStore<Parameter>> parameters, SandboxSettings settings, TimeProvider time)
    {
        (_parameters, _settings, _time) = (parameters, settings, time);
        _operations = new(new RequestGuard("ssm", "ValidationException"), new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
        {
            ["GetParameter"] = Locked(Get),
            ["GetParameters"] = Locked(GetSeveral),
            ["PutParameter"] = Locked(Put),
            ["DeleteParameter"] = Locked(Delete),
            ["DescribeParameters"] = Locked(Describe),
        });
    }

    public string SigningName => "ssm";

    public Task HandleAsync(HttpContext context) => AwsJsonProtocol.AnswerAsync(context, "1.1", _operations);

    private AwsOperation Locked(Func<AwsCall, RecordStore<Parameter>, JsonObject?> operation) => call =>
    {
        var parameters = _parameters.In(call.Region);
        lock (parameters.Gate)
        {
            return Task.FromResult(operation(call, parameters));
        }
    };

    private JsonObject Get(AwsCall call, RecordStore<Parameter> parameters)
    {
        var name = NameIn(call.Input.RequiredText("Name"));
        var parameter = parameters.Find(name) ?? throw NotFound(name);
        return new() { ["Parameter"] = Document(parameter, call) };
    }

    private JsonObject GetSeveral(AwsCall call, RecordStore<Parameter> parameters)
    {
        var found = call.Input.Texts("Names").ToLookup(name => parameters.Find(NameIn(name)) is not null);
        return new()
        {
            ["Parameters"] = new JsonArray([.. found[true].Select(name => Document(parameters.Find(name)!, call))]),
            ["InvalidParameters"] = new JsonArray([.. found[false].Select(name => JsonValue.Create(name))]),
        };
    }

    private JsonObject Put(AwsCall call, RecordStore<Parameter> parameters)
    {
        var (name, value, type) = (call.Input.RequiredText("Name"), call.Input.RequiredText("Value"), call.Input.Text("Type"));
        if (Problem(name, value) is { } problem)
        {
            throw new AwsError(400, "ValidationException", problem);
        }

        var known = parameters.Find(name);
        if (known is not null && !call.Input.Flag("Overwrite"))
        {
            throw new AwsError(400, "ParameterAlreadyExists", "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.");
        }

        if (known is not null && type is not null && type != known.Type)
        {
            throw new AwsError(400, "ValidationException", $"The sandbox does not emulate that a parameter changes its type: {name} is a {known.Type}.");
        }

        var parameter = new Parameter(
            name, known?.Type ?? type ?? throw new AwsError(400, "ValidationException", "A parameter type is required when you create a parameter."),
            value, (known?.Version ?? 0) + 1, _time.GetUtcNow());
        parameters.Put(name, parameter);
        return new() { ["Version"] = parameter.Version, ["Tier"] = "Standard" };
    }

    private static JsonObject? Delete(AwsCall call, RecordStore<Parameter> parameters)
    {
        var name = call.Input.RequiredText("Name");
        _ = parameters.Find(name) ?? throw NotFound(name);
        parameters.Remove(name);
        return null;
    }

    private JsonObject Describe(AwsCall call, RecordStore<Parameter> parameters)
    {
        var (page, next) = Paging.Page(
            parameters.All, call.Input.Text("NextToken"), call.Input.Integer("MaxResults") ?? PageSize,
            () => new AwsError(400, "InvalidNextToken", "The specified token isn't valid."));
        var answer = new JsonObject { ["Parameters"] = new JsonArray([.. page.Select(parameter => Metadata(parameter, call.Region))]) };
        if (next is not null)
        {
            answer["NextToken"] = next;
        }

        return answer;
    }

    private JsonObject Document(Parameter parameter, AwsCall call)
    {
        if (parameter.Type == SecureString && !call.Input.Flag("WithDecryption"))
        {
            throw new AwsError(400, "ValidationException", $"The sandbox does not emulate the ciphertext of a SecureString, which {parameter.Name} is: ask WithDecryption.");
        }

        var document = Metadata(parameter, call.Region);
        document["Value"] = parameter.Value;
        return document;
    }

    private JsonObject Metadata(Parameter parameter, string region) => new()
    {
        ["Name"] = parameter.Name,
        ["ARN"] = $"arn:aws:ssm:{region}:{_settings.AccountId}:parameter/{parameter.Name.TrimStart('/')}",
        ["Type"] = parameter.Type,
        ["Version"] = parameter.Version,
        ["LastModifiedDate"] = parameter.ModifiedAt.ToEpochSeconds(),
        ["DataType"] = "text",
    };

    private static string NameIn(string text) => !text.Contains(':', StringComparison.Ordinal) ? text
        : throw new AwsError(400, "ValidationException", $"The sandbox does not emulate versions, labels and ARNs as names of parameters: '{text}'.");

    private static string? Problem(string name, string value) => name switch
    {
        _ when !NamePattern().IsMatch(name) => "Parameter name: only a mix of letters, numbers and the following 4 symbols .-_/ is allowed.",
        _ when ReservedPattern().IsMatch(name) => "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive).",
        _ when name.TrimStart('/').Contains('/', StringComparison.Ordinal) && name[0] != '/' => "Parameter name must be a fully qualified name: it starts with a slash.",
        _ when name.Count(character => character == '/') > MostLevels => $"Parameter name: at most {MostLevels} levels are allowed.",
        _ when value.Length is 0 or > LongestValue => $"Standard tier parameters support a maximum parameter value of {LongestValue} characters, and at least 1.",
        _ => null,
    };

    private static AwsError NotFound(string name) => new(400, "ParameterNotFound", $"Parameter {name} not found.");

    [GeneratedRegex(@"^[a-zA-Z0-9_.\-/]{1,1011}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex("^/?(aws|ssm)", RegexOptions.IgnoreCase)]
    private static partial Regex ReservedPattern();
}
