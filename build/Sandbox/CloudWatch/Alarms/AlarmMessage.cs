using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Events;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Sns;

namespace BuildPipeline.Sandbox.CloudWatch.Alarms;

/// <summary>What CloudWatch publishes when an alarm changes its state: JSON for programs, text for e-mail.</summary>
internal static class AlarmMessage
{
    public static TopicMessage Create(Alarm before, Alarm after, string account)
    {
        var region = RegionNames.Of(after.Region);
        return new TopicMessage(Document(before, after, account, region).ToJsonString(SandboxJson.Options))
        {
            Subject = $"{after.Status.State}: \"{after.Name}\" in {region}",
            Email = Text(before, after, account, region),
        };
    }

    /// <summary>What EventBridge is told.</summary>
    public static BusEvent StateChange(Alarm before, Alarm after)
    {
        var configuration = new JsonObject();
        if (after.Description is { } description)
        {
            configuration["description"] = description;
        }

        if (after.Rule is { } rule)
        {
            configuration["alarmRule"] = rule;
        }

        if (after.Metric is { } metric)
        {
            configuration["metrics"] = new JsonArray(new JsonObject { ["id"] = "m1", ["metricStat"] = MetricStat(metric), ["returnData"] = true });
        }

        return new BusEvent("aws.cloudwatch", "CloudWatch Alarm State Change", [after.Arn], new JsonObject
        {
            ["alarmName"] = after.Name,
            ["state"] = State(after.Status),
            ["previousState"] = State(before.Status),
            ["configuration"] = configuration,
        }, after.Status.Updated);
    }

    private static JsonObject State(AlarmStatus status)
    {
        var state = new JsonObject { ["value"] = status.State.ToString(), ["reason"] = status.Reason, ["timestamp"] = AlarmTime.Text(status.Updated) };
        if (status.ReasonData is { } data)
        {
            state["reasonData"] = data;
        }

        return state;
    }

    private static JsonObject MetricStat(MetricCondition metric) => new()
    {
        ["metric"] = new JsonObject
        {
            ["namespace"] = metric.Namespace,
            ["name"] = metric.MetricName,
            ["dimensions"] = new JsonObject(metric.Dimensions.Select(dimension => KeyValuePair.Create(dimension.Name, (JsonNode?)dimension.Value))),
        },
        ["period"] = metric.Period,
        ["stat"] = metric.Statistic,
    };

    private static JsonObject Document(Alarm before, Alarm after, string account, string region)
    {
        var document = new JsonObject
        {
            ["AlarmName"] = after.Name,
            ["AlarmDescription"] = after.Description,
            ["AWSAccountId"] = account,
            ["AlarmConfigurationUpdatedTimestamp"] = AlarmTime.Text(after.ConfigurationUpdated),
            ["NewStateValue"] = after.Status.State.ToString(),
            ["NewStateReason"] = after.Status.Reason,
            ["StateChangeTime"] = AlarmTime.Text(after.Status.Updated),
            ["Region"] = region,
            ["AlarmArn"] = after.Arn,
            ["OldStateValue"] = before.Status.State.ToString(),
            ["OKActions"] = Texts(after.OkActions),
            ["AlarmActions"] = Texts(after.AlarmActions),
            ["InsufficientDataActions"] = Texts(after.InsufficientDataActions),
        };
        if (after.Metric is { } metric)
        {
            document["Trigger"] = Trigger(metric);
        }
        else
        {
            document["AlarmRule"] = after.Rule;
        }

        return document;
    }

    private static JsonObject Trigger(MetricCondition metric) => new()
    {
        ["MetricName"] = metric.MetricName,
        ["Namespace"] = metric.Namespace,
        ["StatisticType"] = metric.IsPercentile ? "ExtendedStatistic" : "Statistic",
        [metric.IsPercentile ? "ExtendedStatistic" : "Statistic"] = metric.IsPercentile ? metric.Statistic : metric.Statistic.ToUpperInvariant(),
        ["Unit"] = metric.Unit,
        ["Dimensions"] = new JsonArray([.. metric.Dimensions.Select(dimension => new JsonObject { ["value"] = dimension.Value, ["name"] = dimension.Name })]),
        ["Period"] = metric.Period,
        ["EvaluationPeriods"] = metric.EvaluationPeriods,
        ["DatapointsToAlarm"] = metric.DatapointsToAlarm ?? metric.EvaluationPeriods,
        ["ComparisonOperator"] = metric.ComparisonOperator,
        ["Threshold"] = metric.Threshold,
        ["TreatMissingData"] = metric.TreatMissingData ?? "missing",
        ["EvaluateLowSampleCountPercentile"] = metric.EvaluateLowSampleCountPercentile ?? "",
    };

    private static string Text(Alarm before, Alarm after, string account, string region) => string.Join('\n',
    [
        $"CloudWatch alarm \"{after.Name}\" in {region}, account {account}, is in the state {after.Status.State}.",
        "",
        $"Description: {after.Description}",
        $"State change: {before.Status.State} -> {after.Status.State}",
        $"Reason: {after.Status.Reason}",
        $"Time: {AlarmTime.Text(after.Status.Updated)}",
        $"Alarm: {after.Arn}",
        after.Metric is { } metric ? Text(metric) : $"Rule: {after.Rule}",
        "",
    ]);

    private static string Text(MetricCondition metric)
    {
        var dimensions = string.Join(", ", metric.Dimensions.Select(dimension => $"{dimension.Name}={dimension.Value}"));
        return $"Metric: {metric.Namespace} {metric.MetricName} {{{dimensions}}}, {metric.Statistic} over {metric.Period} s, {metric.ComparisonOperator} {AlarmReason.Number(metric.Threshold)}";
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
