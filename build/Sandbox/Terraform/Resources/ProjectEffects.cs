using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Makes projects those of the sandbox's CodeBuild.</summary>
internal sealed class ProjectEffects : IResourceEffects
{
    private const string Type = "aws_codebuild_project";

    private static readonly ApiClient Api = new("codebuild", "CodeBuild");

    // As internal/service/codebuild/project.go of the provider has them.
    private static readonly ApiDocument Document = new(new HashSet<string> { "environment_variable" }, NameOf);

    private static readonly string[] Blocks = ["artifacts", "environment", "logs_config", "source"];
    private static readonly (string Attribute, string Member)[] Settings =
    [
        ("build_timeout", "timeoutInMinutes"), ("concurrent_build_limit", "concurrentBuildLimit"), ("description", "description"),
        ("encryption_key", "encryptionKey"), ("queued_timeout", "queuedTimeoutInMinutes"), ("service_role", "serviceRole"), ("source_version", "sourceVersion"),
    ];

    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var (name, input) = (state.Text("name"), Write(state));
        input["name"] = name;
        input["tags"] = new JsonArray([.. TagApi.Of(state).Select(tag => new JsonObject { ["key"] = tag!["Key"]!.DeepClone(), ["value"] = tag["Value"]!.DeepClone() })]);
        if (prior is not null && prior.Text("concurrent_build_limit") is not null)
        {
            input["concurrentBuildLimit"] ??= -1;
        }

        _ = prior is null
            ? await Api.CallAsync(context, $"creating CodeBuild Project ({name})", "CreateProject", input)
            : await Api.CallAsync(context, $"updating CodeBuild Project ({state.Text("id")})", "UpdateProject", input);
        return state;
    }

    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken) =>
        await Api.CallAsync(context, $"deleting CodeBuild Project ({state.Text("id")})", "DeleteProject", new() { ["name"] = state.Text("id") });

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state)
    {
        var found = await Api.FindAsync(context, "BatchGetProjects", new() { ["names"] = new JsonArray(state.Text("id")) });
        if (found?.Objects("projects") is not [{ } project])
        {
            return null;
        }

        var (type, written) = (context.Schema.Resources[Type].Type, Write(state));
        var changed = Blocks.Where(block => !IsSame(written[NameOf(block)], project[NameOf(block)])).ToList();
        foreach (var (settings, _) in LogsOf(project).Where(log => log.Settings.Text("status") == log.Status))
        {
            settings.Remove("status");
        }

        state = Document.Read(state, new ObjectType(type.Attributes.RemoveRange(type.Attributes.Keys.Except(changed))), project);

        foreach (var (attribute, member) in Settings)
        {
            state = state.With(attribute, project[member] is null && state[attribute] is StringValue { Text: "" } ? "" : JsonCodec.Decode(project[member], type.Attributes[attribute]));
        }

        return ProviderTags.Observe(
                context.Provider, state, project.Objects("tags").ToDictionary(tag => tag.RequiredText("key"), tag => tag.RequiredText("value")))
            .With("arn", project.RequiredText("arn"));
    }

    private static JsonObject Write(MapValue state)
    {
        var input = Document.Write(state, [.. state.Members.Keys.Except(Blocks)]);
        foreach (var (settings, status) in LogsOf(input))
        {
            settings["status"] ??= status;
        }

        foreach (var (attribute, member) in Settings)
        {
            if (JsonCodec.Encode(state[attribute]) is { } value && state.Text(attribute) != "")
            {
                input[member] = value;
            }
        }

        return input;
    }

    // The status that a log has where the configuration does not say which.
    private static List<(JsonObject Settings, string Status)> LogsOf(JsonObject project) =>
        [.. new[] { ("cloudWatchLogs", "ENABLED"), ("s3Logs", "DISABLED") }
            .Select(log => (project["logsConfig"]?[log.Item1] as JsonObject, log.Item2)).Where(log => log.Item1 is not null).Select(log => (log.Item1!, log.Item2))];

    // What a configuration leaves out, and what CodeBuild says of that, mean the same.
    private static bool IsSame(JsonNode? written, JsonNode? found) => (written, found) switch
    {
        (JsonObject left, JsonObject right) => left.Select(member => member.Key).Union(right.Select(member => member.Key)).All(name => IsSame(left[name], right[name])),
        (JsonArray left, JsonArray right) => left.Count == right.Count && left.Zip(right).All(pair => IsSame(pair.First, pair.Second)),
        (null, null) => true,
        (null, { } only) => IsDefault(only),
        ({ } only, null) => IsDefault(only),
        _ => JsonNode.DeepEquals(written, found),
    };

    private static bool IsDefault(JsonNode value) => value switch
    {
        JsonObject members => members.All(member => member.Value is null || IsDefault(member.Value)),
        JsonArray items => items.Count == 0,
        _ => value.GetValueKind() == JsonValueKind.False || value.ToString() is "" or "0" or "PLAINTEXT" or "CODEBUILD",
    };

    private static string NameOf(string name) => name switch
    {
        "cloudwatch_logs" => "cloudWatchLogs",
        "environment_variable" => "environmentVariables",
        _ => JsonNamingPolicy.CamelCase.ConvertName(ApiDocument.NameOf(name)),
    };
}
