using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Makes alarms those of the sandbox's CloudWatch.</summary>
/// <param name="kind">The provider's name of the kind, for errors.</param>
/// <param name="operation">The operation that puts one.</param>
/// <param name="list">The member of DescribeAlarms that holds them, which is also the type to ask for without its <c>s</c>.</param>
/// <param name="members">AWS's members beside the common ones, by the attributes that hold them.</param>
internal sealed class AlarmEffects(string kind, string operation, string list, IReadOnlyDictionary<string, string> members) : IResourceEffects
{
    private const string Dimensions = "dimensions";

    private static readonly ApiClient Api = new("monitoring", "CloudWatch");
    private static readonly TagApi Tags = new("ResourceARN");

    private static readonly Dictionary<string, string> Common = new()
    {
        ["alarm_name"] = "AlarmName", ["alarm_description"] = "AlarmDescription", ["actions_enabled"] = "ActionsEnabled",
        ["alarm_actions"] = "AlarmActions", ["ok_actions"] = "OKActions", ["insufficient_data_actions"] = "InsufficientDataActions",
    };

    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var action = $"{(prior is null ? "creating" : "updating")} CloudWatch {kind} ({NameOf(state)})";
        var input = Write(state);
        if (prior is null)
        {
            input["Tags"] = TagApi.Of(state);
        }

        await Api.CallAsync(context, action, operation, input);
        if (prior is not null)
        {
            await Tags.UpdateAsync(Api, context, action, prior, state);
        }

        return state;
    }

    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken) => await Api.CallAsync(
        context, $"deleting CloudWatch {kind} ({NameOf(state)})", "DeleteAlarms", new() { ["AlarmNames"] = new JsonArray(NameOf(state)) });

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state)
    {
        var found = await Api.FindAsync(
            context, "DescribeAlarms", new() { ["AlarmNames"] = new JsonArray(NameOf(state)), ["AlarmTypes"] = new JsonArray(list.TrimEnd('s')) });
        return found?.Objects(list) is [var alarm]
            ? Read(await Tags.ObserveAsync(Api, context, alarm.RequiredText("AlarmArn"), state), alarm)
            : null;
    }

    private JsonObject Write(MapValue state)
    {
        var input = new JsonObject();
        foreach (var (attribute, member) in Common.Concat(members).Where(entry => !state[entry.Key].IsNull))
        {
            input[member] = JsonCodec.Encode(state[attribute]);
        }

        if (state[Dimensions] is MapValue dimensions)
        {
            input["Dimensions"] = new JsonArray([.. dimensions.Members.Keys.Select(name => new JsonObject { ["Name"] = name, ["Value"] = dimensions.Text(name) })]);
        }

        return input;
    }

    private MapValue Read(MapValue state, JsonObject alarm)
    {
        foreach (var (attribute, member) in Common.Concat(members))
        {
            var found = alarm[member] switch
            {
                JsonArray texts => Value.SetOf(texts.Select(text => text!.GetValue<string>())),
                JsonValue { } value when value.TryGetValue<string>(out var text) => text,
                JsonValue { } value when value.TryGetValue<bool>(out var flag) => flag,
                { } number => NumberValue.Parse(number.ToJsonString()),
                null => Value.Null,
            };
            state = state.With(attribute, found is SequenceValue { Items.IsEmpty: true } && state[attribute].IsNull ? Value.Null : found);
        }

        var dimensions = alarm.Objects("Dimensions").Aggregate(
            MapValue.Empty, (map, dimension) => map.With(dimension.RequiredText("Name"), dimension.RequiredText("Value")));
        return members.ContainsKey("metric_name") && (dimensions.Members.Count > 0 || !state[Dimensions].IsNull) ? state.With(Dimensions, dimensions) : state;
    }

    private static string NameOf(MapValue state) => state.Text("alarm_name")!;
}
