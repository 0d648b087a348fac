using System.Globalization;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Authorization;

/// <summary>A call as the tables of permissions read it. Its input is one that the service's model allows.</summary>
/// <param name="Service">Name of the service's model.</param>
internal sealed record OperationCall(string Service, string Operation, JsonObject Input, string Region, string Account)
{
    /// <summary>The action that has the operation's name.</summary>
    /// <param name="prefix">As policies have the service.</param>
    public string ActionOf(string prefix) => $"{prefix}:{Operation}";

    /// <summary>ARN of something in the region.</summary>
    public string Arn(string service, string resource) => $"arn:{Partition.From(Region).Name}:{service}:{Region}:{Account}:{resource}";

    /// <summary>ARN of something that has no region.</summary>
    public string GlobalArn(string service, string resource) => $"arn:{Partition.From(Region).Name}:{service}::{Account}:{resource}";

    public string Text(string member) => Input.Text(member) ?? "";

    /// <summary>A value within the input, for example of <c>StoppingCondition.MaxRuntimeInSeconds</c>, as policies compare it; null if it is absent.</summary>
    public string? Find(string path)
    {
        var node = At(path);
        return node switch
        {
            null => null,
            JsonValue value when value.TryGetValue<bool>(out var flag) => flag ? "true" : "false",
            JsonValue value when value.TryGetValue<double>(out var number) => number.ToString(CultureInfo.InvariantCulture),
            _ => node.ToString(),
        };
    }

    /// <summary>The texts of a list within the input.</summary>
    public IEnumerable<string> List(string path) =>
        (At(path) as JsonArray ?? []).Select(item => item!.ToString());

    /// <summary>Tags of a member that is a list of keys and values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags(string member) =>
        [.. Input.Objects(member).Select(tag => KeyValuePair.Create(tag.Text("Key") ?? "", tag.Text("Value") ?? ""))];

    private JsonNode? At(string path) => path.Split('.').Aggregate<string, JsonNode?>(Input, (at, name) => (at as JsonObject)?[name]);
}
