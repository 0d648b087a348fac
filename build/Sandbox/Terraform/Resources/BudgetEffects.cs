using System.Globalization;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Makes budgets those of the sandbox's AWS Budgets.</summary>
internal sealed class BudgetEffects : IResourceEffects
{
    private const string TimeFormat = "yyyy-MM-dd'_'HH:mm";
    private const string Emails = "subscriber_email_addresses";
    private const string Topics = "subscriber_sns_topic_arns";

    private static readonly ApiClient Api = new("budgets", "Budgets");
    private static readonly TagApi Tags = new("ResourceARN") { Tags = "ResourceTags", Keys = "ResourceTagKeys" };

    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var action = $"{(prior is null ? "creating" : "updating")} Budget ({state.Text("id")})";
        if (prior is null)
        {
            await Api.CallAsync(context, action, "CreateBudget", new()
            {
                ["AccountId"] = state.Text("account_id"),
                ["Budget"] = Write(state),
                ["NotificationsWithSubscribers"] = new JsonArray([.. state.Blocks("notification").Select(WithSubscribers)]),
                ["ResourceTags"] = TagApi.Of(state),
            });
            return state;
        }

        await Api.CallAsync(context, action, "UpdateBudget", new() { ["AccountId"] = state.Text("account_id"), ["NewBudget"] = Write(state) });
        foreach (var removed in prior.Blocks("notification").Except(state.Blocks("notification")))
        {
            await Api.CallAsync(context, action, "DeleteNotification", Named(state, ("Notification", Notification(removed))));
        }

        foreach (var added in state.Blocks("notification").Except(prior.Blocks("notification")))
        {
            var both = WithSubscribers(added);
            await Api.CallAsync(
                context, action, "CreateNotification", Named(state, ("Notification", both["Notification"]!.DeepClone()), ("Subscribers", both["Subscribers"]!.DeepClone())));
        }

        await Tags.UpdateAsync(Api, context, action, prior, state);
        return state;
    }

    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        if (await Api.FindAsync(context, "DescribeBudget", Named(state)) is not null)
        {
            await Api.CallAsync(context, $"deleting Budget ({state.Text("id")})", "DeleteBudget", Named(state));
        }
    }

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state)
    {
        if ((await Api.FindAsync(context, "DescribeBudget", Named(state)))?["Budget"] is not JsonObject budget)
        {
            return null;
        }

        var (limit, period) = (budget["BudgetLimit"]!.AsObject(), budget["TimePeriod"]!.AsObject());
        state = await Tags.ObserveAsync(Api, context, context.GlobalArn("budgets", $"budget/{state.Text("name")}"), state);
        return state
            .With("budget_type", budget.Text("BudgetType"))
            .With("time_unit", budget.Text("TimeUnit"))
            .With("limit_amount", IsSame(state.Text("limit_amount"), limit.RequiredText("Amount")) ? state["limit_amount"] : limit.Text("Amount"))
            .With("limit_unit", limit.Text("Unit"))
            .With("time_period_start", Time(period, "Start"))
            .With("time_period_end", Time(period, "End"))
            .With("cost_filter", new SetValue((budget["CostFilters"] as JsonObject ?? []).Select(filter => MapValue.Empty
                .With("name", filter.Key).With("values", Value.ListOf(filter.Value!.AsArray().Select(value => value!.GetValue<string>()))))))
            .With("notification", new SetValue(await NotificationsAsync(context, state)));
    }

    private static async Task<IReadOnlyList<MapValue>> NotificationsAsync(ResourceContext context, MapValue state)
    {
        var action = $"reading Budget ({state.Text("id")}) notifications";
        var found = new List<MapValue>();
        foreach (var notification in (await Api.CallAsync(context, action, "DescribeNotificationsForBudget", Named(state))).Objects("Notifications"))
        {
            notification.Remove("NotificationState");
            var answer = await Api.CallAsync(context, action, "DescribeSubscribersForNotification", Named(state, ("Notification", notification.DeepClone())));
            Value Of(string type) => answer.Objects("Subscribers").Where(subscriber => subscriber.Text("SubscriptionType") == type)
                .Select(subscriber => subscriber.RequiredText("Address")).ToList() is { Count: > 0 } addresses ? Value.SetOf(addresses) : Value.Null;
            found.Add(MapValue.Empty
                .With("comparison_operator", notification.Text("ComparisonOperator"))
                .With("notification_type", notification.Text("NotificationType"))
                .With("threshold", NumberValue.Parse(notification["Threshold"]!.ToJsonString()))
                .With("threshold_type", notification.Text("ThresholdType"))
                .With(Emails, Of("EMAIL"))
                .With(Topics, Of("SNS")));
        }

        return found;
    }

    private static JsonObject Write(MapValue state)
    {
        var budget = new JsonObject
        {
            ["BudgetName"] = state.Text("name"),
            ["BudgetType"] = state.Text("budget_type"),
            ["TimeUnit"] = state.Text("time_unit"),
            ["BudgetLimit"] = new JsonObject { ["Amount"] = state.Text("limit_amount"), ["Unit"] = state.Text("limit_unit") },
            ["TimePeriod"] = new JsonObject { ["Start"] = Seconds(state, "time_period_start"), ["End"] = Seconds(state, "time_period_end") },
        };
        if (state.Blocks("cost_filter") is { Count: > 0 } filters)
        {
            budget["CostFilters"] = new JsonObject(filters.Select(filter =>
                KeyValuePair.Create(filter.Text("name")!, (JsonNode?)new JsonArray([.. filter.Texts("values").Select(value => JsonValue.Create(value))]))));
        }

        return budget;
    }

    private static JsonObject WithSubscribers(MapValue block)
    {
        IEnumerable<JsonObject> Of(string attribute, string type) =>
            block.Texts(attribute).Select(address => new JsonObject { ["SubscriptionType"] = type, ["Address"] = address });
        return new JsonObject
        {
            ["Notification"] = Notification(block), ["Subscribers"] = new JsonArray([.. Of(Emails, "EMAIL"), .. Of(Topics, "SNS")]),
        };
    }

    private static JsonObject Notification(MapValue block) => new()
    {
        ["NotificationType"] = block.Text("notification_type"),
        ["ComparisonOperator"] = block.Text("comparison_operator"),
        ["Threshold"] = JsonCodec.Encode(block["threshold"]),
        ["ThresholdType"] = block.Text("threshold_type"),
    };

    private static JsonObject Named(MapValue state, params (string Name, JsonNode Value)[] more)
    {
        var input = new JsonObject { ["AccountId"] = state.Text("account_id"), ["BudgetName"] = state.Text("name") };
        foreach (var (name, value) in more)
        {
            input[name] = value;
        }

        return input;
    }

    private static double Seconds(MapValue state, string attribute) =>
        DateTimeOffset.ParseExact(state.Text(attribute)!, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToEpochSeconds();

    private static string Time(JsonObject period, string member) => period.Time(member)!.Value.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static bool IsSame(string? left, string right) => left is not null
        && decimal.TryParse(left, NumberStyles.Number, CultureInfo.InvariantCulture, out var before)
        && before == decimal.Parse(right, NumberStyles.Number, CultureInfo.InvariantCulture);
}
