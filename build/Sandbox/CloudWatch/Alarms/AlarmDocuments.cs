using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch.Alarms;

/// <summary>Alarms and their history as CloudWatch's operations write them.</summary>
internal static class AlarmDocuments
{
    public static JsonObject Describe(Alarm alarm)
    {
        var document = new JsonObject
        {
            ["AlarmName"] = alarm.Name,
            ["AlarmArn"] = alarm.Arn,
            ["AlarmConfigurationUpdatedTimestamp"] = alarm.ConfigurationUpdated.ToEpochSeconds(),
            ["ActionsEnabled"] = alarm.ActionsEnabled,
            ["OKActions"] = Texts(alarm.OkActions),
            ["AlarmActions"] = Texts(alarm.AlarmActions),
            ["InsufficientDataActions"] = Texts(alarm.InsufficientDataActions),
            ["StateValue"] = alarm.Status.State.ToString(),
            ["StateReason"] = alarm.Status.Reason,
            ["StateUpdatedTimestamp"] = alarm.Status.Updated.ToEpochSeconds(),
            ["StateTransitionedTimestamp"] = alarm.Status.Transitioned.ToEpochSeconds(),
        };
        SetText(document, "AlarmDescription", alarm.Description);
        SetText(document, "StateReasonData", alarm.Status.ReasonData);
        SetText(document, "AlarmRule", alarm.Rule);
        if (alarm.Metric is { } metric)
        {
            AddMetric(document, metric);
        }

        return document;
    }

    public static JsonObject Describe(AlarmEvent happened) => new()
    {
        ["AlarmName"] = happened.Alarm,
        ["AlarmType"] = happened.Type,
        ["Timestamp"] = happened.Time.ToEpochSeconds(),
        ["HistoryItemType"] = happened.Kind,
        ["HistorySummary"] = happened.Summary,
        ["HistoryData"] = happened.Data,
    };

    public static AlarmEvent StateUpdate(Alarm before, Alarm after) => new(
        after.Name,
        after.Type,
        after.Status.Updated,
        "StateUpdate",
        $"Alarm updated from {before.Status.State} to {after.Status.State}",
        Text(new JsonObject { ["version"] = "1.0", ["oldState"] = State(before.Status), ["newState"] = State(after.Status) }));

    /// <param name="error">Why the action failed; null if it did not.</param>
    public static AlarmEvent Action(Alarm alarm, string action, string? error, DateTimeOffset now) => new(
        alarm.Name,
        alarm.Type,
        now,
        "Action",
        Shortened(error is null ? $"Successfully executed action {action}" : $"Failed to execute action {action}. Received error: \"{error}\""),
        Text(new JsonObject
        {
            ["actionState"] = error is null ? "Succeeded" : "Failed",
            ["stateUpdateTimestamp"] = alarm.Status.Updated.ToUnixTimeMilliseconds(),
            ["notificationResource"] = action,
            ["error"] = error,
        }));

    /// <param name="change"><c>Create</c>, <c>Update</c> or <c>Delete</c>.</param>
    public static AlarmEvent ConfigurationUpdate(Alarm alarm, string change, DateTimeOffset now) => new(
        alarm.Name,
        alarm.Type,
        now,
        "ConfigurationUpdate",
        Shortened($"Alarm \"{alarm.Name}\" {change.ToLowerInvariant()}d"),
        Text(new JsonObject { ["version"] = "1.0", ["type"] = change, [change.ToLowerInvariant() + "dAlarm"] = Describe(alarm) }));

    public static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static void AddMetric(JsonObject document, MetricCondition metric)
    {
        document["Namespace"] = metric.Namespace;
        document["MetricName"] = metric.MetricName;
        document["Dimensions"] = new JsonArray([.. metric.Dimensions.Select(one => new JsonObject { ["Name"] = one.Name, ["Value"] = one.Value })]);
        document[metric.IsPercentile ? "ExtendedStatistic" : "Statistic"] = metric.Statistic;
        document["Period"] = metric.Period;
        document["EvaluationPeriods"] = metric.EvaluationPeriods;
        document["Threshold"] = metric.Threshold;
        document["ComparisonOperator"] = metric.ComparisonOperator;
        SetText(document, "Unit", metric.Unit);
        SetText(document, "TreatMissingData", metric.TreatMissingData);
        SetText(document, "EvaluateLowSampleCountPercentile", metric.EvaluateLowSampleCountPercentile);
        if (metric.DatapointsToAlarm is { } datapoints)
        {
            document["DatapointsToAlarm"] = datapoints;
        }
    }

    private static JsonObject State(AlarmStatus status)
    {
        var state = new JsonObject { ["stateValue"] = status.State.ToString(), ["stateReason"] = status.Reason };
        if (status.ReasonData is { } data)
        {
            state["stateReasonData"] = JsonText.Parse(data) ?? JsonValue.Create(data);
        }

        return state;
    }

    private static string Shortened(string summary) => summary.Length <= 255 ? summary : summary[..255];

    private static string Text(JsonObject document) => document.ToJsonString(SandboxJson.Options);

    private static void SetText(JsonObject document, string member, string? text)
    {
        if (text is not null)
        {
            document[member] = text;
        }
    }
}
