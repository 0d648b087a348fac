using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Logs;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Sandbox.Tests.Models;

public sealed class LogsEffectTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-logs-").FullName;
    private readonly FakeTimeProvider _time = new(Start);
    private readonly LogsService _logs;

    public LogsEffectTests()
    {
        var settings = new SandboxSettings(_folder);
        _logs = new LogsService(LogStore.OfRegions(settings, _time), settings, _time);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Given_a_group_in_one_region_When_another_is_asked_Then_it_has_none_and_may_have_its_own()
    {
        await _logs.CallAsync("CreateLogGroup", """{"logGroupName":"/a/one"}""", "eu-west-1");

        Assert.Empty(await NamesAsync("{}"));
        await GroupsAsync("/a/one");
        await _logs.CallAsync("DeleteLogGroup", """{"logGroupName":"/a/one"}""");
        var there = (await _logs.CallAsync("DescribeLogGroups", "{}", "eu-west-1"))["logGroups"]!.AsArray();
        Assert.Equal("arn:aws:logs:eu-west-1:000000000000:log-group:/a/one", (string?)Assert.Single(there)!["logGroupArn"]);
    }

    [Fact]
    [Effect("CreateLogGroup", "logGroupName")]
    [Effect("DeleteLogGroup", "logGroupName")]
    [Effect("DescribeLogGroups", "logGroupNamePrefix", "logGroupNamePattern", "logGroupClass", "limit", "nextToken")]
    public async Task Given_groups_When_listed_Then_names_classes_and_pages_decide()
    {
        await GroupsAsync("/a/one", "/a/two", "/b/one");
        await _logs.CallAsync("DeleteLogGroup", """{"logGroupName":"/a/two"}""");
        await GroupsAsync("/a/three");

        Assert.Equal(["/a/one", "/a/three"], await NamesAsync("""{"logGroupNamePrefix":"/a/"}"""));
        Assert.Equal(["/a/one", "/b/one"], await NamesAsync("""{"logGroupNamePattern":"ONE"}"""));
        Assert.Equal(3, (await NamesAsync("""{"logGroupClass":"STANDARD"}""")).Count);
        Assert.Empty(await NamesAsync("""{"logGroupClass":"INFREQUENT_ACCESS"}"""));
        var first = await _logs.CallAsync("DescribeLogGroups", """{"limit":2}""");
        Assert.Equal(["/b/one"], await NamesAsync($$"""{"limit":2,"nextToken":"{{first["nextToken"]}}"}"""));
        Assert.Equal("ResourceAlreadyExistsException", (await _logs.RefusedAsync("CreateLogGroup", """{"logGroupName":"/a/one"}""")).Code);
        Assert.Equal("InvalidParameterException", (await _logs.RefusedAsync("DescribeLogGroups", """{"nextToken":"x"}""")).Code);
        Assert.Equal("InvalidParameterException", (await _logs.RefusedAsync("DescribeLogGroups", """{"logGroupNamePrefix":"/a","logGroupNamePattern":"a"}""")).Code);
    }

    [Fact]
    [Effect("CreateLogStream", "logGroupName", "logStreamName")]
    [Effect("DescribeLogStreams", "logGroupName", "logGroupIdentifier", "logStreamNamePrefix", "orderBy", "descending", "limit", "nextToken")]
    public async Task Given_streams_When_listed_Then_names_order_and_pages_decide()
    {
        await GroupsAsync("g", "other");
        await StreamsAsync("g", "job/algo-1", "job/algo-2", "x");
        await PutAsync("g", "x", (0, "first"));
        _time.Advance(TimeSpan.FromMinutes(1));
        await PutAsync("g", "job/algo-1", (60_000, "later"));

        Assert.Equal(["job/algo-1", "job/algo-2"], await StreamNamesAsync("""{"logGroupName":"g","logStreamNamePrefix":"job/"}"""));
        Assert.Equal(["x", "job/algo-2", "job/algo-1"], await StreamNamesAsync("""{"logGroupName":"g","descending":true}"""));
        Assert.Equal("job/algo-1", (await StreamNamesAsync("""{"logGroupName":"g","orderBy":"LastEventTime"}"""))[^1]);
        Assert.Equal(3, (await StreamNamesAsync("""{"logGroupIdentifier":"arn:aws:logs:us-east-1:000000000000:log-group:g"}""")).Count);
        var first = await _logs.CallAsync("DescribeLogStreams", """{"logGroupName":"g","limit":2}""");
        Assert.Equal(["x"], await StreamNamesAsync($$"""{"logGroupName":"g","limit":2,"nextToken":"{{first["nextToken"]}}"}"""));
        Assert.Empty(await StreamNamesAsync("""{"logGroupName":"other"}"""));
        Assert.Equal("ResourceAlreadyExistsException", (await _logs.RefusedAsync("CreateLogStream", """{"logGroupName":"g","logStreamName":"x"}""")).Code);
        Assert.Equal("InvalidParameterException", (await _logs.RefusedAsync("DescribeLogStreams", """{"logGroupName":"g","logGroupIdentifier":"g"}""")).Code);
        Assert.Equal("InvalidParameterException", (await _logs.RefusedAsync("DescribeLogStreams", """{"logGroupName":"g","logStreamNamePrefix":"x","orderBy":"LastEventTime"}""")).Code);
    }

    [Fact]
    [Effect("PutLogEvents", "logGroupName", "logStreamName", "logEvents[].timestamp", "logEvents[].message")]
    [Effect("GetLogEvents", "logGroupName", "logGroupIdentifier", "logStreamName", "startTime", "endTime", "nextToken", "limit", "startFromHead")]
    public async Task Given_events_When_read_Then_stream_time_and_pages_decide()
    {
        await GroupsAsync("g", "other");
        await StreamsAsync("g", "s", "t");
        await PutAsync("g", "s", (0, "a"), (1, "b"), (2, "c"));

        Assert.Equal(["a", "b", "c"], await ReadAsync("GetLogEvents", """{"logGroupName":"g","logStreamName":"s"}"""));
        Assert.Equal(["b"], await ReadAsync("GetLogEvents", $$"""{"logGroupIdentifier":"g","logStreamName":"s","startTime":{{Time(1)}},"endTime":{{Time(2)}} }"""));
        Assert.Equal(["c"], await ReadAsync("GetLogEvents", """{"logGroupName":"g","logStreamName":"s","limit":1}"""));
        var first = await _logs.CallAsync("GetLogEvents", """{"logGroupName":"g","logStreamName":"s","limit":1,"startFromHead":true}""");
        Assert.Equal("a", (string?)first["events"]![0]!["message"]);
        Assert.Equal(["b", "c"], await ReadAsync("GetLogEvents", $$"""{"logGroupName":"g","logStreamName":"s","nextToken":"{{first["nextForwardToken"]}}"}"""));
        Assert.Empty(await ReadAsync("GetLogEvents", """{"logGroupName":"g","logStreamName":"t"}"""));
        Assert.Equal("ResourceNotFoundException", (await _logs.RefusedAsync("GetLogEvents", """{"logGroupName":"other","logStreamName":"s"}""")).Code);
    }

    [Fact]
    [Effect("FilterLogEvents", "logGroupName", "logGroupIdentifier", "logStreamNames", "logStreamNamePrefix", "startTime", "endTime", "filterPattern", "limit", "nextToken")]
    public async Task Given_events_of_several_streams_When_filtered_Then_streams_time_and_pattern_decide()
    {
        await GroupsAsync("g");
        await StreamsAsync("g", "a/1", "a/2", "b/1");
        await PutAsync("g", "a/1", (0, "error one"), (3, "fine"));
        await PutAsync("g", "a/2", (1, "error two"));
        await PutAsync("g", "b/1", (2, "error three"));

        Assert.Equal(["error one", "error two", "error three", "fine"], await ReadAsync("FilterLogEvents", """{"logGroupName":"g"}"""));
        Assert.Equal(["error one", "error two"], await ReadAsync("FilterLogEvents", """{"logGroupIdentifier":"g","logStreamNamePrefix":"a/","filterPattern":"error"}"""));
        Assert.Equal(["error three"], await ReadAsync("FilterLogEvents", """{"logGroupName":"g","logStreamNames":["b/1"]}"""));
        Assert.Equal(["error two"], await ReadAsync("FilterLogEvents", $$"""{"logGroupName":"g","startTime":{{Time(1)}},"endTime":{{Time(2)}} }"""));
        var first = await _logs.CallAsync("FilterLogEvents", """{"logGroupName":"g","limit":3}""");
        Assert.Equal(["fine"], await ReadAsync("FilterLogEvents", $$"""{"logGroupName":"g","limit":3,"nextToken":"{{first["nextToken"]}}"}"""));
        Assert.Equal("InvalidParameterException", (await _logs.RefusedAsync("FilterLogEvents", """{"logGroupName":"g","logStreamNames":["b/1"],"logStreamNamePrefix":"b"}""")).Code);
        Assert.Equal("InvalidParameterException", (await _logs.RefusedAsync("FilterLogEvents", """{"logGroupName":"g","filterPattern":"{ $.level = \"error\" }"}""")).Code);
    }

    [Fact]
    [Effect("PutRetentionPolicy", "logGroupName", "retentionInDays")]
    [Effect("DeleteRetentionPolicy", "logGroupName")]
    public async Task Given_a_retention_When_its_days_are_over_Then_the_events_are_gone_and_older_ones_are_rejected()
    {
        await GroupsAsync("g");
        await StreamsAsync("g", "s");
        await _logs.CallAsync("PutRetentionPolicy", """{"logGroupName":"g","retentionInDays":3}""");
        await PutAsync("g", "s", (0, "old"));
        _time.Advance(TimeSpan.FromDays(4));
        var day = (long)TimeSpan.FromDays(1).TotalMilliseconds;
        var put = await PutAsync("g", "s", (day / 2, "expired"), (2 * day, "young"));
        string[] read = ["GetLogEvents", "FilterLogEvents"];

        Assert.Equal("""{"expiredLogEventEndIndex":1}""", put["rejectedLogEventsInfo"]!.ToJsonString());
        Assert.Equal(["young"], await ReadAsync(read[0], """{"logGroupName":"g","logStreamName":"s"}"""));
        Assert.Equal(["young"], await ReadAsync(read[1], """{"logGroupName":"g"}"""));
        await _logs.CallAsync("DeleteRetentionPolicy", """{"logGroupName":"g"}""");
        Assert.Equal(["old", "young"], await ReadAsync(read[1], """{"logGroupName":"g"}"""));
        Assert.Equal("InvalidParameterException", (await _logs.RefusedAsync("PutRetentionPolicy", """{"logGroupName":"g","retentionInDays":2}""")).Code);
    }

    [Fact]
    public async Task Given_events_too_old_or_too_new_When_put_Then_the_others_are_kept_and_the_answer_says_which()
    {
        await GroupsAsync("g");
        await StreamsAsync("g", "s");
        var day = (long)TimeSpan.FromDays(1).TotalMilliseconds;

        var put = await PutAsync("g", "s", (-15 * day, "too old"), (0, "kept"), (day, "too new"));

        Assert.Equal("""{"tooOldLogEventEndIndex":1,"tooNewLogEventStartIndex":2}""", put["rejectedLogEventsInfo"]!.ToJsonString());
        Assert.Equal(["kept"], await ReadAsync("GetLogEvents", """{"logGroupName":"g","logStreamName":"s"}"""));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(-90_000_000, 0)]
    public async Task Given_events_out_of_order_or_over_more_than_a_day_When_put_Then_the_batch_is_refused(long first, long second)
    {
        await GroupsAsync("g");
        await StreamsAsync("g", "s");

        var error = await _logs.RefusedAsync("PutLogEvents", Events("g", "s", [(first, "a"), (second, "b")]));

        Assert.Equal("InvalidParameterException", error.Code);
        Assert.Empty(await ReadAsync("GetLogEvents", """{"logGroupName":"g","logStreamName":"s"}"""));
    }

    private static long Time(long milliseconds) => Start.ToUnixTimeMilliseconds() + milliseconds;

    private async Task GroupsAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await _logs.CallAsync("CreateLogGroup", $$"""{"logGroupName":"{{name}}"}""");
        }
    }

    private async Task StreamsAsync(string group, params string[] names)
    {
        foreach (var name in names)
        {
            await _logs.CallAsync("CreateLogStream", $$"""{"logGroupName":"{{group}}","logStreamName":"{{name}}"}""");
        }
    }

    private Task<JsonObject> PutAsync(string group, string stream, params (long Time, string Message)[] events) =>
        _logs.CallAsync("PutLogEvents", Events(group, stream, events));

    private static string Events(string group, string stream, (long Time, string Message)[] events) => new JsonObject
    {
        ["logGroupName"] = group,
        ["logStreamName"] = stream,
        ["logEvents"] = new JsonArray([.. events.Select(entry => new JsonObject { ["timestamp"] = Time(entry.Time), ["message"] = entry.Message })]),
    }.ToJsonString();

    private async Task<IReadOnlyList<string>> ReadAsync(string operation, string input) =>
        [.. (await _logs.CallAsync(operation, input))["events"]!.AsArray().Select(entry => (string)entry!["message"]!)];

    private async Task<IReadOnlyList<string>> NamesAsync(string input) =>
        [.. (await _logs.CallAsync("DescribeLogGroups", input))["logGroups"]!.AsArray().Select(group => (string)group!["logGroupName"]!)];

    private async Task<IReadOnlyList<string>> StreamNamesAsync(string input) =>
        [.. (await _logs.CallAsync("DescribeLogStreams", input))["logStreams"]!.AsArray().Select(stream => (string)stream!["logStreamName"]!)];
}
