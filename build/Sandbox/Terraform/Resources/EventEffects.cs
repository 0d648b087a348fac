using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Makes rules those of the sandbox's EventBridge.</summary>
internal sealed class RuleEffects : IResourceEffects
{
    public static readonly ApiClient Api = new("events", "EventBridge");

    private static readonly TagApi Tags = new("ResourceARN");

    private static readonly (string Attribute, string Member)[] Texts =
        [("description", "Description"), ("event_pattern", "EventPattern"), ("schedule_expression", "ScheduleExpression")];

    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var action = $"{(prior is null ? "creating" : "updating")} EventBridge Rule ({state.Text("name")})";
        var input = new JsonObject
        {
            ["Name"] = state.Text("name"), ["EventBusName"] = state.Text("event_bus_name"), ["State"] = StateOf(state), ["Tags"] = TagApi.Of(state),
        };
        foreach (var (attribute, member) in Texts)
        {
            if (state.Text(attribute) is { Length: > 0 } text)
            {
                input[member] = text;
            }
        }

        await Api.CallAsync(context, action, "PutRule", input);
        if (prior is not null)
        {
            await Tags.UpdateAsync(Api, context, action, prior, state);
        }

        return state;
    }

    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken) => await Api.CallAsync(
        context, $"deleting EventBridge Rule ({state.Text("id")})", "DeleteRule", Named(state));

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state)
    {
        if (await Api.FindAsync(context, "DescribeRule", Named(state)) is not { } rule)
        {
            return null;
        }

        state = await Tags.ObserveAsync(Api, context, rule.RequiredText("Arn"), state);
        var now = rule.RequiredText("State");
        state = !state["is_enabled"].IsNull ? state.With("is_enabled", now == "ENABLED")
            : state["state"].IsNull && now == "ENABLED" ? state
            : state.With("state", now);
        return Texts.Aggregate(state, (seen, text) => seen.With(
                text.Attribute, rule.Text(text.Member) is { Length: > 0 } found ? found : seen[text.Attribute].IsNull ? Value.Null : ""))
            .With("arn", rule.RequiredText("Arn"));
    }

    private static string StateOf(MapValue state) =>
        state["is_enabled"].IsNull ? state.Text("state") ?? "ENABLED" : state.IsTrue("is_enabled") ? "ENABLED" : "DISABLED";

    private static JsonObject Named(MapValue state) => new() { ["Name"] = state.Text("name"), ["EventBusName"] = state.Text("event_bus_name") ?? "default" };
}

/// <summary>Makes targets those of the sandbox's EventBridge.</summary>
internal sealed class TargetEffects : IResourceEffects
{
    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var action = $"{(prior is null ? "creating" : "updating")} EventBridge Target ({state.Text("id")})";
        var input = Rule(state);
        input["Targets"] = new JsonArray(Write(state));
        await RuleEffects.Api.CallAsync(context, action, "PutTargets", input);
        return state;
    }

    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        if (await ReadAsync(context, state) is not null)
        {
            var input = Rule(state);
            input["Ids"] = new JsonArray(state.Text("target_id"));
            await RuleEffects.Api.CallAsync(context, $"deleting EventBridge Target ({state.Text("id")})", "RemoveTargets", input);
        }
    }

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state)
    {
        var found = await RuleEffects.Api.FindAsync(context, "ListTargetsByRule", Rule(state));
        return found?.Objects("Targets").FirstOrDefault(target => target.RequiredText("Id") == state.Text("target_id")) is { } target
            ? state
                .With("arn", target.RequiredText("Arn"))
                .With("input", target.Text("Input"))
                .With("input_path", target.Text("InputPath"))
                .With("role_arn", target.Text("RoleArn"))
                .With("retry_policy", Retries(state, target))
                .With("input_transformer", Transformer(state, target))
            : null;
    }

    private static JsonObject Write(MapValue state)
    {
        var target = new JsonObject { ["Id"] = state.Text("target_id"), ["Arn"] = state.Text("arn") };
        foreach (var (attribute, member) in new[] { ("input", "Input"), ("input_path", "InputPath"), ("role_arn", "RoleArn") })
        {
            if (state.Text(attribute) is { } text)
            {
                target[member] = text;
            }
        }

        foreach (var policy in state.Blocks("retry_policy"))
        {
            target["RetryPolicy"] = new JsonObject { ["MaximumRetryAttempts"] = JsonCodec.Encode(policy["maximum_retry_attempts"]) ?? 0 };
        }

        foreach (var transformer in state.Blocks("input_transformer"))
        {
            target["InputTransformer"] = new JsonObject
            {
                ["InputPathsMap"] = JsonCodec.Encode(transformer["input_paths"]) ?? new JsonObject(), ["InputTemplate"] = transformer.Text("input_template"),
            };
        }

        return target;
    }

    private static ListValue Retries(MapValue state, JsonObject target) => target["RetryPolicy"] is not JsonObject policy ? new ListValue([])
        : state.Blocks("retry_policy") is [{ } before] ? new ListValue([before.With("maximum_retry_attempts", policy.Integer("MaximumRetryAttempts") ?? 0L)])
        : new ListValue([MapValue.Empty.With("maximum_retry_attempts", policy.Integer("MaximumRetryAttempts") ?? 0L).With("maximum_event_age_in_seconds", Value.Null)]);

    private static ListValue Transformer(MapValue state, JsonObject target)
    {
        if (target["InputTransformer"] is not JsonObject transformer)
        {
            return new ListValue([]);
        }

        var paths = transformer["InputPathsMap"]!.AsObject().Aggregate(MapValue.Empty, (map, path) => map.With(path.Key, path.Value!.GetValue<string>()));
        var isAbsent = paths.Members.IsEmpty && state.Blocks("input_transformer") is [{ } before] && before["input_paths"].IsNull;
        return new ListValue([MapValue.Empty.With("input_paths", isAbsent ? Value.Null : paths).With("input_template", transformer.Text("InputTemplate"))]);
    }

    private static JsonObject Rule(MapValue state) => new() { ["Rule"] = state.Text("rule"), ["EventBusName"] = state.Text("event_bus_name") ?? "default" };
}
