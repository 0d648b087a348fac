using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.CloudWatch;
using BuildPipeline.Sandbox.Tests.CloudWatch;

namespace BuildPipeline.Sandbox.Tests.Models;

public sealed class CloudWatchEffectTests : IDisposable
{
    private static readonly DateTimeOffset Start = CloudWatchHarness.Start;

    private readonly CloudWatchHarness _harness = new();

    private CloudWatchService Service => _harness.Service;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Given_a_metric_in_one_region_When_another_is_asked_Then_it_has_none()
    {
        await Service.CallAsync("PutMetricData", """{"Namespace":"n","MetricData":[{"MetricName":"m","Value":1}]}""", "eu-west-1");

        Assert.Empty((await Service.CallAsync("ListMetrics", "{}"))["Metrics"]!.AsArray());
        Assert.Single((await Service.CallAsync("ListMetrics", "{}", "eu-west-1"))["Metrics"]!.AsArray());
    }

    [Fact]
    [Effect("PutMetricData", "Namespace", "MetricData[].MetricName", "MetricData[].Dimensions[].Name", "MetricData[].Dimensions[].Value", "MetricData[].Value")]
    [Effect("GetMetricData", "MetricDataQueries[].Id", "MetricDataQueries[].Label", "MetricDataQueries[].ReturnData", "MetricDataQueries[].MetricStat.Metric.Namespace",
        "MetricDataQueries[].MetricStat.Metric.MetricName", "MetricDataQueries[].MetricStat.Metric.Dimensions[].Name", "MetricDataQueries[].MetricStat.Metric.Dimensions[].Value")]
    public async Task GivenMetrics_that_differ_in_a_name_or_dimension_When_asked_for_one_Then_it_alone_answers()
    {
        foreach (var (space, name, key, value, number) in new[] { ("n", "m", "d", "v", 1), ("n2", "m", "d", "v", 2), ("n", "m2", "d", "v", 3), ("n", "m", "d2", "v", 4), ("n", "m", "d", "v2", 5) })
        {
            await PutAsync($$"""{"MetricName":"{{name}}","Dimensions":[{"Name":"{{key}}","Value":"{{value}}"}],"Value":{{number}} }""", space);
            Assert.Equal([number], await ValuesAsync(Query(space, name, $$"""[{"Name":"{{key}}","Value":"{{value}}"}]""")));
        }

        var answer = await GetAsync("""{"Id":"one","Label":"a label","MetricStat":{"Metric":{"Namespace":"n","MetricName":"m"},"Period":60,"Stat":"Sum"}},{"Id":"two","ReturnData":false,"MetricStat":{"Metric":{"Namespace":"n","MetricName":"m"},"Period":60,"Stat":"Sum"}}""");
        Assert.Equal([("one", "a label")], answer["MetricDataResults"]!.AsArray().Select(result => ((string)result!["Id"]!, (string)result["Label"]!)));
        Assert.Equal("ValidationError", (await Service.RefusedAsync("GetMetricData", Input(Query("n", "m").Replace("\"q\"", "\"Q\"", StringComparison.Ordinal)))).Code);
        Assert.Equal("InvalidParameterValue", (await Service.RefusedAsync("PutMetricData", """{"Namespace":"AWS/EC2","MetricData":[{"MetricName":"m","Value":1}]}""")).Code);
    }

    [Fact]
    [Effect("PutMetricData", "MetricData[].Timestamp", "MetricData[].StorageResolution")]
    [Effect("GetMetricData", "StartTime", "EndTime", "ScanBy", "MaxDatapoints", "NextToken", "MetricDataQueries[].MetricStat.Period")]
    public async Task Given_values_at_several_times_When_asked_for_Then_span_period_order_and_pages_decide()
    {
        foreach (var (second, value) in new[] { (10, 1), (70, 2), (130, 3) })
        {
            await PutAsync($$"""{"MetricName":"m","Timestamp":{{Time(second)}},"Value":{{value}} }""");
        }

        await PutAsync($$"""{"MetricName":"fine","StorageResolution":1,"Timestamp":{{Time(11)}},"Value":1},{"MetricName":"fine","StorageResolution":1,"Timestamp":{{Time(12)}},"Value":2}""");
        Assert.Equal([3, 2, 1], await ValuesAsync(Query()));
        Assert.Equal([1, 2, 3], await ValuesAsync(Query(), "\"ScanBy\":\"TimestampAscending\""));
        Assert.Equal([2], await ValuesAsync(Query(), from: 60, until: 120));
        Assert.Equal([6], await ValuesAsync(Query(period: 300)));
        var first = await GetAsync(Query(), "\"MaxDatapoints\":2");
        Assert.Equal([1], await ValuesAsync(Query(), $"\"MaxDatapoints\":2,\"NextToken\":\"{first["NextToken"]}\""));
        Assert.Equal([2, 1], await ValuesAsync(Query(name: "fine", period: 1)));
        Assert.Empty(await ValuesAsync(Query(period: 1)));
    }

    [Fact]
    [Effect("PutMetricData", "MetricData[].Values", "MetricData[].Counts", "MetricData[].StatisticValues.SampleCount", "MetricData[].StatisticValues.Sum",
        "MetricData[].StatisticValues.Minimum", "MetricData[].StatisticValues.Maximum")]
    [Effect("GetMetricData", "MetricDataQueries[].MetricStat.Stat")]
    public async Task Given_values_with_counts_or_a_statistic_set_When_a_statistic_is_asked_for_Then_it_covers_them()
    {
        await PutAsync("""{"MetricName":"m","Values":[1,5],"Counts":[3,1]},{"MetricName":"m","StatisticValues":{"SampleCount":4,"Sum":40,"Minimum":0.5,"Maximum":20}}""");

        foreach (var (statistic, expected) in new[] { ("SampleCount", 8.0), ("Sum", 48), ("Minimum", 0.5), ("Maximum", 20), ("Average", 6) })
        {
            Assert.Equal([expected], await ValuesAsync(Query(statistic: statistic)));
        }

        Assert.Equal("ValidationError", (await Service.RefusedAsync("GetMetricData", Input(Query(statistic: "tm90")))).Code);
    }

    [Fact]
    [Effect("PutMetricData", "MetricData[].Unit")]
    [Effect("GetMetricData", "MetricDataQueries[].MetricStat.Unit")]
    public async Task Given_values_of_two_units_When_one_is_asked_for_Then_the_other_does_not_count()
    {
        await PutAsync("""{"MetricName":"m","Unit":"Seconds","Value":1},{"MetricName":"m","Unit":"Bytes","Value":2},{"MetricName":"m","Value":4}""");

        Assert.Equal([7], await ValuesAsync(Query()));
        Assert.Equal([1], await ValuesAsync(Query(unit: "Seconds")));
        Assert.Equal([4], await ValuesAsync(Query(unit: "None")));
        Assert.Empty(await ValuesAsync(Query(unit: "Percent")));
    }

    [Fact]
    [Effect("ListMetrics", "Namespace", "MetricName", "Dimensions[].Name", "Dimensions[].Value", "RecentlyActive", "NextToken")]
    public async Task GivenMetrics_When_listed_Then_names_dimensions_activity_and_pages_decide()
    {
        await PutAsync("""{"MetricName":"old","Value":1}""");
        _harness.Time.Advance(TimeSpan.FromHours(4));
        await PutAsync("""{"MetricName":"m","Dimensions":[{"Name":"Host","Value":"a"}],"Value":1},{"MetricName":"m","Dimensions":[{"Name":"Host","Value":"b"}],"Value":1}""");
        await PutAsync(string.Join(',', Enumerable.Range(0, 500).Select(i => $$"""{"MetricName":"many{{i}}","Value":1}""")), "many");

        Assert.Equal(["old", "m", "m"], await ListAsync("\"Namespace\":\"n\""));
        Assert.Equal(["old"], await ListAsync("\"MetricName\":\"old\""));
        Assert.Equal(["m", "m"], await ListAsync("\"Dimensions\":[{\"Name\":\"Host\"}]"));
        Assert.Equal(["m"], await ListAsync("\"Dimensions\":[{\"Name\":\"Host\",\"Value\":\"b\"}]"));
        Assert.Equal(["m", "m"], await ListAsync("\"Namespace\":\"n\",\"RecentlyActive\":\"PT3H\""));
        var first = await Service.CallAsync("ListMetrics", "{}");
        Assert.Equal((500, 3), (first["Metrics"]!.AsArray().Count, (await ListAsync($"\"NextToken\":\"{first["NextToken"]}\"")).Count));
        Assert.Equal("InvalidNextToken", (await Service.RefusedAsync("ListMetrics", """{"NextToken":"x"}""")).Code);
    }

    [Theory]
    [InlineData("""{"MetricName":"m"}""", "MissingParameter")]
    [InlineData("""{"MetricName":"m","Value":1,"Values":[1]}""", "InvalidParameterCombination")]
    [InlineData("""{"MetricName":"m","Values":[1,2],"Counts":[1]}""", "InvalidParameterValue")]
    [InlineData("""{"MetricName":"m","Value":1,"StorageResolution":30}""", "InvalidParameterValue")]
    [InlineData("""{"MetricName":"m","Value":1,"Timestamp":1764000000}""", "InvalidParameterValue")]
    [InlineData("""{"MetricName":"m","Value":3e108}""", "InvalidParameterValue")]
    public async Task Given_data_that_break_a_rule_When_put_Then_they_are_refused(string datum, string code) =>
        Assert.Equal(code, (await Service.RefusedAsync("PutMetricData", $$"""{"Namespace":"n","MetricData":[{{datum}}]}""")).Code);

    private static long Time(long second) => Start.ToUnixTimeSeconds() + second;

    private Task<JsonObject> PutAsync(string data, string space = "n") =>
        Service.CallAsync("PutMetricData", new JsonObject { ["Namespace"] = space, ["MetricData"] = JsonNode.Parse($"[{data}]") }.ToJsonString());

    private static string Query(string space = "n", string name = "m", string dimensions = "[]", int period = 60, string statistic = "Sum", string? unit = null)
    {
        var stat = new JsonObject
        {
            ["Metric"] = new JsonObject { ["Namespace"] = space, ["MetricName"] = name, ["Dimensions"] = JsonNode.Parse(dimensions) },
            ["Period"] = period,
            ["Stat"] = statistic,
        };
        if (unit is not null)
        {
            stat["Unit"] = unit;
        }

        return new JsonObject { ["Id"] = "q", ["MetricStat"] = stat }.ToJsonString();
    }

    private static string Input(string queries, string more = "", long from = 0, long until = 3600) =>
        $"{{\"StartTime\":{Time(from)},\"EndTime\":{Time(until)},\"MetricDataQueries\":[{queries}]{(more.Length == 0 ? "" : "," + more)}}}";

    private Task<JsonObject> GetAsync(string queries, string more = "", long from = 0, long until = 3600) =>
        Service.CallAsync("GetMetricData", Input(queries, more, from, until));

    private async Task<IReadOnlyList<double>> ValuesAsync(string query, string more = "", long from = 0, long until = 3600) =>
        [.. (await GetAsync(query, more, from, until))["MetricDataResults"]![0]!["Values"]!.AsArray().Select(value => (double)value!)];

    private async Task<IReadOnlyList<string>> ListAsync(string members) =>
        [.. (await Service.CallAsync("ListMetrics", $"{{{members}}}"))["Metrics"]!.AsArray().Select(metric => (string)metric!["MetricName"]!)];
}
