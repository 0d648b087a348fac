using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.CloudWatch;
using BuildPipeline.Sandbox.CloudWatch.Alarms;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.CloudWatch;

public sealed class AlarmTests : IDisposable
{
    private const string Topic = "arn:aws:sns:us-east-1:000000000000:alerts";

    private readonly CloudWatchHarness _harness = new();

    private CloudWatchService Metrics => _harness.Service;

    public void Dispose() => _harness.Dispose();

    [Fact]
    [Effect("PutMetricAlarm", "AlarmName", "AlarmDescription", "MetricName", "Namespace", "Statistic", "Dimensions[].Name", "Dimensions[].Value", "Period", "EvaluationPeriods",
        "Threshold", "ComparisonOperator", "AlarmActions", "OKActions")]
    public async Task Given_an_alarm_When_its_metric_crosses_the_threshold_and_returns_Then_its_state_follows_and_the_topics_are_told()
    {
        await PutAlarmAsync("a", $$"""
            "AlarmDescription":"too slow","Dimensions":[{"Name":"Run","Value":"1"}],"AlarmActions":["{{Topic}}"],"OKActions":["{{Topic}}"]
            """);
        await PutAsync(100, "Other");
        Assert.Equal(["INSUFFICIENT_DATA"], await StatesAsync("a"));

        await PutAsync(3, "1");
        Advance(60);
        Assert.Equal(["OK"], await StatesAsync("a"));
        await PutAsync(9, "1");
        Advance(60);
        Assert.Equal(["ALARM"], await StatesAsync("a"));
        await PutAsync(1, "1");
        Advance(60);
        Assert.Equal(["OK"], await StatesAsync("a"));

        Assert.Equal([Topic, Topic, Topic], _harness.Topics.Published.Select(message => message.Topic));
        var (_, message, publisher) = _harness.Topics.Published[1];
        var told = JsonNode.Parse(message.Body)!;
        Assert.Equal(("cloudwatch.amazonaws.com", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:a"), (publisher.Principal, publisher.SourceArn));
        Assert.Equal("ALARM: \"a\" in US East (N. Virginia)", message.Subject);
        Assert.Equal(("too slow", "OK", "ALARM"), ((string)told["AlarmDescription"]!, (string)told["OldStateValue"]!, (string)told["NewStateValue"]!));
        Assert.Equal(("SUM", "1"), ((string)told["Trigger"]!["Statistic"]!, (string)told["Trigger"]!["Dimensions"]![0]!["value"]!));
        Assert.Contains("9.0 (01/01/26 00:01:00)", (string)told["NewStateReason"]!, StringComparison.Ordinal);
    }

    [Fact]
    [Effect("PutMetricAlarm", "DatapointsToAlarm", "TreatMissingData")]
    public async Task Given_alarms_that_differ_in_missing_data_When_the_metric_stops_Then_each_ends_in_its_own_state()
    {
        foreach (var treatment in new[] { "breaching", "notBreaching", "ignore", "missing" })
        {
            await PutAlarmAsync(treatment, $"\"TreatMissingData\":\"{treatment}\",\"EvaluationPeriods\":2,\"DatapointsToAlarm\":1,\"Threshold\":5");
        }

        await PutAsync(9);
        Advance(60);
        Assert.Equal(["ALARM", "ALARM", "ALARM", "ALARM"], await StatesAsync("breaching", "notBreaching", "ignore", "missing"));
        await PutAsync(1);
        Advance(60);
        await PutAsync(1);
        Advance(60);
        Assert.Equal(["OK", "OK", "OK", "OK"], await StatesAsync("breaching", "notBreaching", "ignore", "missing"));
        Advance(180);
        Assert.Equal(["ALARM", "OK", "OK", "OK"], await StatesAsync("breaching", "notBreaching", "ignore", "missing"));
        Advance(60);
        Assert.Equal(["ALARM", "OK", "OK", "INSUFFICIENT_DATA"], await StatesAsync("breaching", "notBreaching", "ignore", "missing"));
    }

    [Fact]
    [Effect("PutMetricAlarm", "Unit", "ExtendedStatistic", "EvaluateLowSampleCountPercentile")]
    public async Task Given_alarms_on_a_unit_and_on_a_percentile_When_evaluated_Then_only_those_values_count()
    {
        await PutAlarmAsync("unit", "\"Unit\":\"Seconds\"");
        await PutAlarmAsync("percentile", "\"ExtendedStatistic\":\"p50\",\"EvaluateLowSampleCountPercentile\":\"evaluate\"", statistic: null);
        await Metrics.CallAsync("PutMetricData", """{"Namespace":"n","MetricData":[{"MetricName":"m","Unit":"Bytes","Values":[1,2,100]}]}""");

        Advance(60);

        Assert.Equal(["INSUFFICIENT_DATA", "OK"], await StatesAsync("unit", "percentile"));
        Assert.Equal("p50", (string)(await DescribeAsync("\"AlarmNames\":[\"percentile\"]"))["MetricAlarms"]![0]!["ExtendedStatistic"]!);
    }

    [Fact]
    public async Task Given_a_period_of_ten_seconds_When_values_are_of_high_resolution_Then_it_is_evaluated_every_ten_seconds()
    {
        await PutAlarmAsync("quick", "\"Period\":10");
        await Metrics.CallAsync("PutMetricData", """{"Namespace":"n","MetricData":[{"MetricName":"m","StorageResolution":1,"Value":9}]}""");

        Advance(10);

        Assert.Equal(["ALARM"], await StatesAsync("quick"));
    }

    [Fact]
    [Effect("PutMetricAlarm", "ActionsEnabled", "InsufficientDataActions")]
    [Effect("SetAlarmState", "AlarmName", "StateValue", "StateReason", "StateReasonData")]
    [Effect("DisableAlarmActions", "AlarmNames")]
    [Effect("EnableAlarmActions", "AlarmNames")]
    [Effect("DescribeAlarmHistory", "AlarmName", "AlarmTypes", "HistoryItemType", "StartDate", "EndDate", "MaxRecords", "NextToken", "ScanBy")]
    public async Task Given_actions_that_are_off_or_fail_When_the_state_is_set_Then_the_history_tells_what_happened()
    {
        await PutAlarmAsync("a", $$"""
            "ActionsEnabled":false,"AlarmActions":["{{Topic}}"],"OKActions":["arn:aws:sns:us-east-1:000000000000:closed"],"InsufficientDataActions":["{{Topic}}"]
            """);
        await SetStateAsync("ALARM");
        Assert.Empty(_harness.Topics.Published);
        await Metrics.CallAsync("EnableAlarmActions", """{"AlarmNames":["a","absent"]}""");
        Advance(1);
        await SetStateAsync("OK");
        await SetStateAsync("OK");
        await SetStateAsync("INSUFFICIENT_DATA");
        await Metrics.CallAsync("DisableAlarmActions", """{"AlarmNames":["a"]}""");
        await SetStateAsync("ALARM");

        Assert.Single(_harness.Topics.Published);
        var described = (await DescribeAsync("\"AlarmNames\":[\"a\"]"))["MetricAlarms"]![0]!;
        Assert.Equal(("because", "{\"n\":1}", false), ((string)described["StateReason"]!, (string)described["StateReasonData"]!, (bool)described["ActionsEnabled"]!));
        Assert.Equal(
            [
                "Alarm \"a\" created", "Alarm updated from INSUFFICIENT_DATA to ALARM", "Alarm updated from ALARM to OK",
                "Failed to execute action arn:aws:sns:us-east-1:000000000000:closed. Received error: \"AuthorizationError: not allowed\"",
                "Alarm updated from OK to INSUFFICIENT_DATA", $"Successfully executed action {Topic}", "Alarm updated from INSUFFICIENT_DATA to ALARM",
            ],
            await HistoryAsync("\"AlarmName\":\"a\",\"ScanBy\":\"TimestampAscending\""));
        Assert.Equal(4, (await HistoryAsync("\"HistoryItemType\":\"StateUpdate\"")).Count);
        Assert.Empty(await HistoryAsync("\"AlarmTypes\":[\"CompositeAlarm\"]"));
        Assert.Equal(2, (await HistoryAsync($"\"EndDate\":{Time(0)}")).Count);
        Assert.Equal(5, (await HistoryAsync($"\"StartDate\":{Time(1)}")).Count);
        var first = await Metrics.CallAsync("DescribeAlarmHistory", """{"MaxRecords":5}""");
        Assert.Equal(2, (await HistoryAsync($"\"NextToken\":\"{first["NextToken"]}\"")).Count);
        Assert.Equal("ResourceNotFound", (await Metrics.RefusedAsync("SetAlarmState", """{"AlarmName":"b","StateValue":"OK","StateReason":"r"}""")).Code);
    }

    [Fact]
    [Effect("DescribeAlarms", "AlarmNames", "AlarmNamePrefix", "AlarmTypes", "StateValue", "ActionPrefix", "MaxRecords", "NextToken", "ChildrenOfAlarmName", "ParentsOfAlarmName")]
    [Effect("DescribeAlarmsForMetric", "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions[].Name", "Dimensions[].Value", "Period", "Unit")]
    public async Task Given_alarms_When_described_Then_names_types_states_actions_relatives_and_metrics_decide()
    {
        await PutAlarmAsync("a1", "\"Period\":120");
        await PutAlarmAsync("a2", $$"""
            "AlarmActions":["{{Topic}}"],"Unit":"Seconds"
            """);
        await PutAlarmAsync("b", "\"Dimensions\":[{\"Name\":\"Run\",\"Value\":\"1\"}],\"ExtendedStatistic\":\"p90\"", statistic: null);
        await PutCompositeAsync("c", "ALARM(a1) OR OK(a2)");

        Assert.Equal(["a1", "a2", "b"], await NamesAsync(""));
        Assert.Equal(["c"], await NamesAsync("\"AlarmTypes\":[\"CompositeAlarm\"]"));
        Assert.Equal(["c", "a1"], await NamesAsync("\"AlarmTypes\":[\"CompositeAlarm\",\"MetricAlarm\"],\"AlarmNames\":[\"a1\",\"c\",\"none\"]"));
        Assert.Equal(["a1", "a2"], await NamesAsync("\"AlarmNamePrefix\":\"a\""));
        Assert.Equal(["a2"], await NamesAsync($"\"ActionPrefix\":\"{Topic[..20]}\""));
        Assert.Empty(await NamesAsync("\"StateValue\":\"ALARM\""));
        Assert.Equal(["a1", "a2"], await NamesAsync("\"ChildrenOfAlarmName\":\"c\""));
        Assert.Equal(["c"], await NamesAsync("\"ParentsOfAlarmName\":\"a1\""));
        var first = await DescribeAsync("\"MaxRecords\":2");
        Assert.Equal(["b"], await NamesAsync($"\"MaxRecords\":2,\"NextToken\":\"{first["NextToken"]}\""));
        Assert.Equal("InvalidNextToken", (await Metrics.RefusedAsync("DescribeAlarms", """{"NextToken":"x"}""")).Code);
        Assert.Equal("ValidationError", (await Metrics.RefusedAsync("DescribeAlarms", """{"AlarmNames":["a"],"AlarmNamePrefix":"a"}""")).Code);

        Assert.Equal(["a1", "a2"], await ForMetricAsync(""));
        Assert.Equal(["a1"], await ForMetricAsync(",\"Period\":120,\"Statistic\":\"Sum\""));
        Assert.Equal(["a2"], await ForMetricAsync(",\"Unit\":\"Seconds\""));
        Assert.Equal(["b"], await ForMetricAsync(",\"Dimensions\":[{\"Name\":\"Run\",\"Value\":\"1\"}],\"ExtendedStatistic\":\"p90\""));
    }

    [Fact]
    [Effect("PutMetricAlarm", "Tags[].Key", "Tags[].Value")]
    [Effect("TagResource", "ResourceARN", "Tags[].Key", "Tags[].Value")]
    [Effect("UntagResource", "ResourceARN", "TagKeys")]
    [Effect("ListTagsForResource", "ResourceARN")]
    [Effect("DeleteAlarms", "AlarmNames")]
    public async Task Given_an_alarm_with_tags_When_they_are_changed_and_it_is_deleted_Then_both_are_so()
    {
        const string Arn = "\"ResourceARN\":\"arn:aws:cloudwatch:us-east-1:000000000000:alarm:a\"";
        await PutAlarmAsync("a", "\"Tags\":[{\"Key\":\"team\",\"Value\":\"x\"},{\"Key\":\"run\",\"Value\":\"1\"}]");
        await Metrics.CallAsync("TagResource", $"{{{Arn},\"Tags\":[{{\"Key\":\"team\",\"Value\":\"y\"}}]}}");
        await Metrics.CallAsync("UntagResource", $"{{{Arn},\"TagKeys\":[\"run\",\"none\"]}}");

        Assert.Equal("""[{"Key":"team","Value":"y"}]""", (await Metrics.CallAsync("ListTagsForResource", $"{{{Arn}}}"))["Tags"]!.ToJsonString());
        await Metrics.CallAsync("DeleteAlarms", """{"AlarmNames":["a","absent"]}""");
        Assert.Empty(await NamesAsync(""));
        Assert.Equal("ResourceNotFoundException", (await Metrics.RefusedAsync("ListTagsForResource", $"{{{Arn}}}")).Code);
    }

    [Fact]
    [Effect("PutCompositeAlarm", "AlarmName", "AlarmRule", "AlarmDescription", "ActionsEnabled", "AlarmActions", "OKActions", "InsufficientDataActions", "Tags[].Key", "Tags[].Value")]
    public async Task Given_a_composite_alarm_When_the_alarms_in_its_rule_change_Then_it_follows_at_once_and_so_do_those_above_it()
    {
        await PutAlarmAsync("a");
        await PutCompositeAsync("low", "ALARM(a) AND NOT INSUFFICIENT_DATA(\"arn:aws:cloudwatch:us-east-1:000000000000:alarm:a\")", $$"""
            ,"AlarmDescription":"needs a person","AlarmActions":["{{Topic}}"],"OKActions":["{{Topic}}"],"InsufficientDataActions":["{{Topic}}"],"Tags":[{"Key":"k","Value":"v"}]
            """);
        await PutCompositeAsync("high", "ALARM(low)", $$"""
            ,"ActionsEnabled":false,"AlarmActions":["{{Topic}}"]
            """);
        Assert.Equal(["OK", "OK"], await StatesAsync("low", "high"));

        await SetStateAsync("ALARM");

        Assert.Equal(["ALARM", "ALARM"], await StatesAsync("low", "high"));
        Assert.Equal(["OK: \"low\" in US East (N. Virginia)", "ALARM: \"low\" in US East (N. Virginia)"], _harness.Topics.Published.Select(message => message.Message.Subject));
        Assert.Equal("needs a person", (string)JsonNode.Parse(_harness.Topics.Published[1].Message.Body)!["AlarmDescription"]!);
        Assert.Equal("ValidationError", (await Metrics.RefusedAsync("DeleteAlarms", """{"AlarmNames":["a"]}""")).Code);
        Assert.Equal("ValidationError", (await Metrics.RefusedAsync("DeleteAlarms", """{"AlarmNames":["low"]}""")).Code);
        Assert.Equal("ValidationError", (await Metrics.RefusedAsync("DeleteAlarms", """{"AlarmNames":["low","high"]}""")).Code);
        await Metrics.CallAsync("DeleteAlarms", """{"AlarmNames":["high"]}""");
        await Metrics.CallAsync("DeleteAlarms", """{"AlarmNames":["low"]}""");
        await Metrics.CallAsync("DeleteAlarms", """{"AlarmNames":["a"]}""");
    }

    [Theory]
    [InlineData("ALARM(absent)")]
    [InlineData("ALARM(c)")]
    [InlineData("ALARM(top)")]
    [InlineData("ALARM(a) OR")]
    public async Task Given_a_rule_with_an_absent_alarm_or_a_cycle_When_put_Then_it_is_refused(string rule)
    {
        await PutAlarmAsync("a");
        await PutCompositeAsync("c", "ALARM(a)");
        await PutCompositeAsync("top", "ALARM(c)");

        Assert.Equal("ValidationError", (await Metrics.RefusedAsync("PutCompositeAlarm", new JsonObject { ["AlarmName"] = "c", ["AlarmRule"] = rule }.ToJsonString())).Code);
    }

    [Theory]
    [InlineData("\"Period\":45")]
    [InlineData("\"Period\":60,\"EvaluationPeriods\":1441")]
    [InlineData("\"Period\":86400,\"EvaluationPeriods\":8")]
    [InlineData("\"DatapointsToAlarm\":2")]
    [InlineData("\"TreatMissingData\":\"whatever\"")]
    [InlineData("\"ExtendedStatistic\":\"p90\"")]
    [InlineData("\"AlarmActions\":[\"arn:aws:lambda:us-east-1:000000000000:function:f\"]")]
    [InlineData("\"AlarmActions\":[\"arn:aws:sns:eu-west-1:000000000000:alerts\"]")]
    [InlineData("\"AlarmActions\":[\"alerts\"]")]
    [InlineData("\"ComparisonOperator\":\"GreaterThanUpperThreshold\"")]
    [InlineData("\"Metrics\":[]")]
    [InlineData("\"Threshold\":null")]
    [InlineData("\"Tags\":[{\"Key\":\"aws:x\",\"Value\":\"1\"}]")]
    public async Task Given_an_alarm_that_breaks_a_rule_When_put_Then_it_is_refused(string members)
    {
        var input = JsonNode.Parse(Alarm("a", members))!;

        Assert.Equal("ValidationError", (await Metrics.RefusedAsync("PutMetricAlarm", input.ToJsonString())).Code);
    }

    [Fact]
    public async Task Given_a_heartbeat_When_the_coming_minutes_are_evaluated_Then_its_absence_fires_and_the_next_heartbeat_takes_it_back()
    {
        await PutAlarmAsync("a", "\"Threshold\":1,\"ComparisonOperator\":\"LessThanThreshold\",\"TreatMissingData\":\"breaching\",\"EvaluationPeriods\":2", "SampleCount");
        await PutAsync(1);

        _harness.Monitor.Foresee(new AlarmForecast(4));
        Assert.Equal(["OK"], await StatesAsync("a"));
        _harness.Monitor.Foresee(new AlarmForecast(5));
        Assert.Equal(["ALARM"], await StatesAsync("a"));
        Advance(60);

        Assert.Equal(["OK"], await StatesAsync("a"));
        Assert.Throws<FormatException>(() => new AlarmForecast(0));
    }

    [Fact]
    public async Task Given_an_alarm_When_it_is_put_again_Then_its_state_and_tags_stay()
    {
        await PutAlarmAsync("a", "\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}]");
        await SetStateAsync("ALARM");

        await PutAlarmAsync("a", "\"Threshold\":7,\"Tags\":[]");

        Assert.Equal(["ALARM"], await StatesAsync("a"));
        Assert.Single((await Metrics.CallAsync("ListTagsForResource", """{"ResourceARN":"arn:aws:cloudwatch:us-east-1:000000000000:alarm:a"}"""))["Tags"]!.AsArray());
        Assert.Equal("ValidationError", (await Metrics.RefusedAsync("PutCompositeAlarm", """{"AlarmName":"a","AlarmRule":"TRUE"}""")).Code);
    }

    private static long Time(long second) => CloudWatchHarness.Start.ToUnixTimeSeconds() + second;

    private void Advance(int seconds) => _harness.Time.Advance(TimeSpan.FromSeconds(seconds));

    private static string Alarm(string name, string members, string? statistic = "Sum")
    {
        var input = JsonNode.Parse($$"""
            {"AlarmName":"{{name}}","Namespace":"n","MetricName":"m","Period":60,"EvaluationPeriods":1,"Threshold":5,"ComparisonOperator":"GreaterThanThreshold"}
            """)!.AsObject();
        input["Statistic"] = statistic;
        foreach (var (member, value) in JsonNode.Parse($"{{{members}}}")!.AsObject().ToList())
        {
            input[member] = value?.DeepClone();
        }

        return new JsonObject(input.Where(member => member.Value is not null).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))).ToJsonString();
    }

    private Task PutAlarmAsync(string name, string members = "", string? statistic = "Sum") => Metrics.CallAsync("PutMetricAlarm", Alarm(name, members, statistic));

    private Task PutCompositeAsync(string name, string rule, string members = "") =>
        Metrics.CallAsync("PutCompositeAlarm", $"{{\"AlarmName\":\"{name}\",\"AlarmRule\":{JsonValue.Create(rule).ToJsonString()}{members}}}");

    private Task SetStateAsync(string state) => Metrics.CallAsync(
        "SetAlarmState", $$"""{"AlarmName":"a","StateValue":"{{state}}","StateReason":"because","StateReasonData":"{\"n\":1}"}""");

    private Task PutAsync(double value, string? run = null) => Metrics.CallAsync("PutMetricData", $$"""
        {"Namespace":"n","MetricData":[{"MetricName":"m","Value":{{value}}{{(run is null ? "" : $",\"Dimensions\":[{{\"Name\":\"Run\",\"Value\":\"{run}\"}}]")}}}]}
        """);

    private Task<JsonObject> DescribeAsync(string members) => Metrics.CallAsync("DescribeAlarms", $"{{{members}}}");

    private async Task<IReadOnlyList<string>> NamesAsync(string members)
    {
        var found = await DescribeAsync(members);
        return [.. found["CompositeAlarms"]!.AsArray().Concat(found["MetricAlarms"]!.AsArray()).Select(alarm => (string)alarm!["AlarmName"]!)];
    }

    private async Task<IReadOnlyList<string>> StatesAsync(params string[] names)
    {
        var found = await DescribeAsync($"\"AlarmTypes\":[\"CompositeAlarm\",\"MetricAlarm\"],\"AlarmNames\":[{string.Join(',', names.Select(name => $"\"{name}\""))}]");
        var alarms = found["CompositeAlarms"]!.AsArray().Concat(found["MetricAlarms"]!.AsArray()).ToDictionary(alarm => (string)alarm!["AlarmName"]!);
        return [.. names.Select(name => (string)alarms[name]!["StateValue"]!)];
    }

    private async Task<IReadOnlyList<string>> HistoryAsync(string members) =>
        [.. (await Metrics.CallAsync("DescribeAlarmHistory", $"{{{members}}}"))["AlarmHistoryItems"]!.AsArray().Select(item => (string)item!["HistorySummary"]!)];

    private async Task<IReadOnlyList<string>> ForMetricAsync(string members) =>
        [.. (await Metrics.CallAsync("DescribeAlarmsForMetric", $"{{\"Namespace\":\"n\",\"MetricName\":\"m\"{members}}}"))["MetricAlarms"]!.AsArray().Select(alarm => (string)alarm!["AlarmName"]!)];
}
