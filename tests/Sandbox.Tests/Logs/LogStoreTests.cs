using BuildPipeline.Sandbox.Logs;
using BuildPipeline.Sandbox.Protocols;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Sandbox.Tests.Logs;

public sealed class LogStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-logs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Given_stream_When_read_forward_Then_the_token_stays_the_same_at_the_end_until_events_arrive()
    {
        var stream = Filled(5);
        var first = LogReader.Page(stream, null, fromHead: true, null, null, 3);
        var second = LogReader.Page(stream, first.Forward, fromHead: true, null, null, 3);
        var end = LogReader.Page(stream, second.Forward, fromHead: true, null, null, 3);
        stream.Append([new LogEvent(5, 5, "event 5")]);
        var more = LogReader.Page(stream, end.Forward, fromHead: true, null, null, 3);

        Assert.Equal(["event 0", "event 1", "event 2"], Messages(first));
        Assert.Equal(["event 3", "event 4"], Messages(second));
        Assert.Empty(end.Events);
        Assert.Equal(second.Forward, end.Forward);
        Assert.Equal(["event 5"], Messages(more));
    }

    [Fact]
    public void Given_stream_When_read_from_its_end_Then_pages_go_backward()
    {
        var stream = Filled(5);
        var newest = LogReader.Page(stream, null, fromHead: false, null, null, 2);
        var older = LogReader.Page(stream, newest.Backward, fromHead: false, null, null, 2);
        var oldest = LogReader.Page(stream, older.Backward, fromHead: false, null, null, 2);
        var before = LogReader.Page(stream, oldest.Backward, fromHead: false, null, null, 2);

        Assert.Equal(["event 3", "event 4"], Messages(newest));
        Assert.Equal(["event 1", "event 2"], Messages(older));
        Assert.Equal(["event 0"], Messages(oldest));
        Assert.Empty(before.Events);
        Assert.Equal(oldest.Backward, before.Backward);
        Assert.Equal(["event 3", "event 4"], Messages(LogReader.Page(stream, older.Forward, fromHead: false, null, null, 2)));
    }

    [Fact]
    public void Given_time_span_When_read_Then_its_end_is_excluded() =>
        Assert.Equal(["event 1", "event 2"], Messages(LogReader.Page(Filled(5), null, fromHead: true, 1, 3, 10)));

    [Fact]
    public void Given_malformed_token_When_read_Then_it_is_refused() =>
        Assert.Equal("InvalidParameterException", Assert.Throws<AwsError>(() => LogReader.Page(Filled(1), "f/x/s", true, null, null, 1)).Code);

    [Fact]
    public void Given_line_cut_off_by_the_end_of_a_process_When_store_opens_again_Then_whole_events_are_kept_and_new_ones_follow()
    {
        Filled(2);
        var file = Directory.EnumerateFiles(_folder, "*.jsonl", SearchOption.AllDirectories).Single();
        File.AppendAllText(file, """{"t":2,"i":2,"m":"cut o""");

        var stream = NewStore().Stream("group", "stream");
        stream.Append([new LogEvent(3, 3, "later")]);

        Assert.Equal(["event 0", "event 1", "later"], Messages(LogReader.Page(NewStore().Stream("group", "stream"), null, true, null, null, 10)));
        Assert.Equal((0L, 3L), (stream.FirstEvent, stream.LastEvent));
    }

    [Fact]
    public void Given_events_beyond_a_block_When_read_Then_all_are_whole()
    {
        var stream = NewStore().Ensure("group", "stream");
        var messages = Enumerable.Range(0, 200).Select(i => new string((char)('a' + (i % 26)), i * 37) + "é").ToArray();
        stream.Append(messages.Select((message, i) => new LogEvent(i, i, message)));

        Assert.Equal(messages, stream.Read(0).Select(placed => placed.Event.Message));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("loss step", true)]
    [InlineData("loss missing", false)]
    [InlineData("\"step=1 train\"", true)]
    [InlineData("-error", true)]
    [InlineData("-loss", false)]
    [InlineData("?missing ?loss", true)]
    [InlineData("?missing ?absent", false)]
    public void Given_filter_pattern_When_a_message_is_matched_Then_terms_decide(string? pattern, bool expected) =>
        Assert.Equal(expected, LogFilter.Parse(pattern).Matches("step=1 train:loss=2"));

    private LogStream Filled(int events)
    {
        var stream = NewStore().Ensure("group", "stream");
        stream.Append(Enumerable.Range(0, events).Select(i => new LogEvent(i, i, $"event {i}")));
        return stream;
    }

    private LogStore NewStore() => new(_folder, new FakeTimeProvider());

    private static IEnumerable<string> Messages(LogPage page) => page.Events.Select(logEvent => logEvent.Message);
}
