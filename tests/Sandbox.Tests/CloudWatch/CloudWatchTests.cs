using System.Formats.Cbor;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.CloudWatch;
using BuildPipeline.Sandbox.CloudWatch.Metrics;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.CloudWatch;

public sealed class CloudWatchTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    [Theory]
    [InlineData("Average", 2)]
    [InlineData("Sum", 6)]
    [InlineData("Minimum", 1)]
    [InlineData("Maximum", 3)]
    [InlineData("SampleCount", 3)]
    public void Given_values_in_a_period_When_a_statistic_is_asked_for_Then_it_covers_them(string statistic, double expected)
    {
        Datapoint[] points = [new(61, 1, 1, 1, 1), new(119, 2, 5, 2, 3), new(120, 1, 100, 100, 100)];

        Assert.Equal(new MetricValue(60, expected, 3), MetricStatistics.ByPeriod(points, 60, statistic)[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(61)]
    public void Given_period_that_is_not_there_When_asked_for_Then_it_is_refused(int period) =>
        Assert.Throws<AwsError>(() => MetricStatistics.ByPeriod([new Datapoint(1, 1, 1, 1, 1)], period, "Average"));

    [Fact]
    public void Given_dimensions_in_another_order_When_keys_are_compared_Then_they_are_the_same_metric() =>
        Assert.Equal(
            new MetricKey("n", "m", [new("a", "1"), new("b", "2")]).Text,
            new MetricKey("n", "m", [new("b", "2"), new("a", "1")]).Text);

    [Fact]
    public void Given_document_When_written_as_CBOR_and_read_Then_it_is_the_same()
    {
        var document = JsonNode.Parse("""{"Timestamps":[1.5,2],"Values":[-1],"Label":"loss","More":{"Flag":true,"Nothing":null}}""");

        Assert.Equal(document!.ToJsonString(), CborProtocol.Decode(CborProtocol.Encode(document))!.ToJsonString());
    }

    [Fact]
    public async Task Given_client_that_speaks_CBOR_When_it_puts_and_gets_a_metric_Then_timestamps_are_tagged()
    {
        var minute = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60 * 60;
        await SendAsync("PutMetricData", JsonNode.Parse($$"""{"Namespace":"cbor","MetricData":[{"MetricName":"m","Timestamp":{{minute + 1}},"Value":3.5}]}"""));
        var answer = await SendAsync("GetMetricData", JsonNode.Parse(
            $$"""{"StartTime":{{minute}},"EndTime":{{minute + 100}},"MetricDataQueries":[{"Id":"q","MetricStat":{"Metric":{"Namespace":"cbor","MetricName":"m"},"Period":60,"Stat":"Average"} }]}"""));

        var result = CborProtocol.Decode(answer)!["MetricDataResults"]![0]!;
        Assert.Equal($"[{minute}]", result["Timestamps"]!.ToJsonString());
        Assert.Equal("[3.5]", result["Values"]!.ToJsonString());
        Assert.Contains((byte)((6 << 5) | (int)CborTag.UnixTimeSeconds), answer);
    }

    [Trait("Tier", "all")]
    [SkippableFact]
    public async Task Given_aws_command_line_When_it_puts_and_gets_metrics_Then_they_come_back()
    {
        Skip.IfNot(await ExternalTool.WorksAsync("aws", "--version"), "the aws command line is not installed: metrics were not tried with it");
        var before = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        await AwsAsync("put-metric-data", "--namespace", "cli", "--metric-name", "m", "--value", "4", "--dimensions", "Host=job/algo-1");
        var metrics = await AwsAsync("list-metrics", "--namespace", "cli");
        var data = await AwsAsync(
            "get-metric-data", "--start-time", Text(before), "--end-time", Text(before.AddMinutes(5)), "--metric-data-queries",
            """[{"Id":"q","MetricStat":{"Metric":{"Namespace":"cli","MetricName":"m","Dimensions":[{"Name":"Host","Value":"job/algo-1"}]},"Period":60,"Stat":"Maximum"}}]""");

        Assert.Equal("m", metrics.GetProperty("Metrics")[0].GetProperty("MetricName").GetString());
        Assert.Equal(4, data.GetProperty("MetricDataResults")[0].GetProperty("Values")[0].GetDouble());
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private async Task<byte[]> SendAsync(string operation, JsonNode? input)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/service/GraniteServiceVersion20100801/operation/{operation}");
        request.Headers.Add("smithy-protocol", "rpc-v2-cbor");
        request.Content = new ByteArrayContent(CborProtocol.Encode(input));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/cbor");
        using var response = await sandbox.Http.SendAsync(await new RequestSignature("monitoring").SignAsync(request, sandbox.Url));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync();
    }

    private async Task<JsonElement> AwsAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await ExternalTool.RunAsync("aws", ["cloudwatch", .. arguments, "--output", "json"], sandbox.ClientEnvironment());
        Assert.True(exitCode == 0, errors);
        return output.Trim().Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(output);
    }
}
