using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>A build project, as it is stored.</summary>
/// <param name="Definition">The members of CreateProject, as requests set them, without name and tags.</param>
internal sealed record Project(string Name, string Arn, JsonObject Definition, DateTimeOffset Created, DateTimeOffset Modified)
{
    private const int DefaultTimeout = 60;
    private const string Plain = "PLAINTEXT";

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>How many builds it has had.</summary>
    public long Builds { get; init; }

    [JsonIgnore]
    public string ServiceRole => Definition.RequiredText("serviceRole");

    [JsonIgnore]
    public int TimeoutMinutes => Definition.Integer("timeoutInMinutes") ?? DefaultTimeout;

    /// <summary>The most builds at a time; null is any number.</summary>
    [JsonIgnore]
    public int? ConcurrentLimit => Definition.Integer("concurrentBuildLimit");

    [JsonIgnore]
    public string? Repository => Source.Text("location");

    [JsonIgnore]
    public string Buildspec => Source.RequiredText("buildspec");

    /// <summary>Variables of the environment whose values the project has, by name.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Variables => VariablesOf(Plain);

    /// <summary>Names of the parameters in Parameter Store that other variables have the values of, by name of the variable.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Parameters => VariablesOf("PARAMETER_STORE");

    private JsonObject Source => Definition["source"]!.AsObject();

    private JsonObject Logs => Definition["logsConfig"]?["cloudWatchLogs"] as JsonObject ?? [];

    private Dictionary<string, string> VariablesOf(string type) => Definition["environment"]!.AsObject().Objects("environmentVariables")
        .Where(variable => (variable.Text("type") ?? Plain) == type)
        .ToDictionary(variable => variable.RequiredText("name"), variable => variable.RequiredText("value"), StringComparer.Ordinal);

    /// <summary>Where a build's output goes; null where it goes nowhere.</summary>
    /// <param name="build">What is unique in the build's id.</param>
    public LogPlace? LogOf(string build) => Logs.Text("status") == "DISABLED" ? null : new LogPlace(
        Logs.Text("groupName") ?? $"/aws/codebuild/{Name}",
        Logs.Text("streamName") is { } prefix ? $"{prefix}/{build}" : build);
}

/// <summary>A stream of CloudWatch Logs.</summary>
internal sealed record LogPlace(string Group, string Stream);
