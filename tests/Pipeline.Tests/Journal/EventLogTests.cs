using System.Text.Json.Nodes;
using BuildPipeline.Aws;
using BuildPipeline.Journal;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Journal;

/// <summary>The contract of both stores of events, and the log on top of each.</summary>
public sealed class EventLogTests : IDisposable
{
    private const string Run = "20260131-120000-1a2b";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("event-log-");
    private readonly ConditionalBucket _bucket = new();
    private readonly FakeTimeProvider _time = new(Sample.Noon);

    public static TheoryData<string> Stores => ["S3", "folder"];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Given_Events_When_ReadBack_Then_TheyAreTheSameInOrderAndFoldToTheRecord(string store)
    {
        var log = Log(store, "a");
        await log.AppendAsync("run.started", Set("stage", "started"), new { Amount = new Usd(1.5m) }, default);
        await log.AppendAsync("plan.saved", Set("stage", "planned"), null, default);
        await log.AppendAsync("launch.fallback", null, null, default);

        var other = Log(store, "b");
        await other.ReadAsync(default);

        Assert.Equal(["1 run.started", "2 plan.saved", "3 launch.fallback"], other.Events.Select(known => $"{known.Number} {known.Kind}"));
        Assert.Equal("""{"amount":1.5}""", other.Events[0].Detail!.ToJsonString());
        Assert.Equal(("a", 7, Sample.Noon), (other.Events[0].Driver.Id, other.Events[0].Fence, other.Events[0].At));
        Assert.Null(other.Events[2].Changes);
        Assert.Equal("""{"stage":"planned"}""", other.State.ToJsonString());
        Assert.Equal([3], (await Store(store).ReadAsync(Run, 2, default)).Select(known => known.Number));
        Assert.Empty(await Store(store).ReadAsync("20260131-120000-ffff", 0, default));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Given_ANumberThatIsTaken_When_Written_Then_NothingIs(string store)
    {
        await Log(store, "a").AppendAsync("run.started", Set("stage", "started"), null, default);
        var taken = (await Store(store).ReadAsync(Run, 0, default))[0];

        Assert.False(await Store(store).TryAppendAsync(Run, taken with { Kind = "other" }, default));

        Assert.Equal(["run.started"], (await Store(store).ReadAsync(Run, 0, default)).Select(known => known.Kind));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Given_TwoDriversOfTheSameStep_When_BothWrite_Then_OneDoesAndTheOtherStopsForGood(string store)
    {
        var (first, second) = (Log(store, "a"), Log(store, "b"));
        await first.AppendAsync("run.started", Set("stage", "started"), null, default);
        await second.ReadAsync(default);
        await second.AppendAsync("launch.intent", Set("stage", "launched"), null, default);

        for (var tries = 0; tries < 2; tries++)
        {
            var stopped = await Assert.ThrowsAsync<PipelineException>(() => first.AppendAsync("launch.intent", Set("stage", "launched"), null, default));
            Assert.Equal(ExitCode.StillRunning, stopped.ExitCode);
            Assert.Contains("Launch on b", stopped.Message, StringComparison.Ordinal);
        }

        Assert.True(first.IsOvertaken);
        Assert.Equal(2, (await Store(store).ReadAsync(Run, 0, default)).Count);
    }

    [Theory]
    [InlineData(8L, false)]
    [InlineData(7L, true)]
    [InlineData(null, true)]
    public async Task Given_AnEventOfALaterLease_When_AnOlderHolderHasReadIt_Then_ItDoesNotWrite(long? fence, bool writes)
    {
        await Log("S3", "a").AppendAsync("run.started", Set("stage", "started"), null, default);
        var later = LogWith("S3", "b", fence, _ => true);
        await later.ReadAsync(default);
        await later.AppendAsync("launch.intent", Set("stage", "launched"), null, default);
        var older = LogWith("S3", "c", 7, _ => true);
        await older.ReadAsync(default);

        var error = await Record.ExceptionAsync(() => older.AppendAsync("launch.submitted", Set("job", "x"), null, default));

        Assert.Equal(writes ? null : ExitCode.StillRunning, (error as PipelineException)?.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Given_AWriteWhoseAnswerWasLost_When_Retried_Then_ItIsThereOnceAndTheDriverContinues(string store)
    {
        // Written, and reported as not: what a retry of the SDK sees.
        var log = LogWith(store, "a", 7, kind => kind != "launch.intent");
        await log.AppendAsync("run.started", Set("stage", "started"), null, default);

        await log.AppendAsync("launch.intent", Set("stage", "launched"), null, default);
        await log.AppendAsync("launch.submitted", Set("job", "x"), null, default);

        Assert.Equal(["run.started", "launch.intent", "launch.submitted"], (await Store(store).ReadAsync(Run, 0, default)).Select(known => known.Kind));
        Assert.Equal("""{"stage":"launched","job":"x"}""", log.State.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Given_AnOwnWriteThatSeemedToFail_When_TheDriverContinues_Then_ItsNextEventBuildsOnIt(string store)
    {
        var log = LogWith(store, "a", 7, kind => kind == "job.status" ? throw new PipelineException(JournalErrors.LogBusy, "cut") : true);
        await log.AppendAsync("run.started", Set("stage", "started"), null, default);
        await Assert.ThrowsAsync<PipelineException>(() => log.AppendAsync("job.status", Set("status", "training"), null, default));

        await log.AppendAsync("job.ended", state => { state["seen"] = state["status"]?.DeepClone(); return state; }, null, default);

        Assert.Equal("""{"stage":"started","status":"training","seen":"training"}""", log.State.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Given_ANoteOfAnother_When_TheDriverContinues_Then_BothAreInTheLog(string store)
    {
        var log = Log(store, "a");
        await log.AppendAsync("run.started", Set("stage", "started"), null, default);
        var stop = LogWith(store, "b", null, _ => true);
        await stop.ReadAsync(default);
        await stop.AppendAsync("launch.stop_requested", null, null, default);

        await log.AppendAsync("job.ended", Set("stage", "trained"), null, default);

        Assert.Equal(["run.started", "launch.stop_requested", "job.ended"], log.Events.Select(known => known.Kind));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Given_AnEventOfANewerVersion_When_Read_Then_ItIsThereAndNothingIsWritten(string store)
    {
        await new EventLog(Store(store), Run, Driver("b"), 7, version: 4).AppendAsync("run.started", Set("stage", "new"), null, default);
        var log = Log(store, "a");
        await log.ReadAsync(default);

        var refused = await Assert.ThrowsAsync<PipelineException>(() => log.AppendAsync("plan.saved", Set("stage", "planned"), null, default));

        Assert.True(log.IsNewer);
        Assert.Equal("new", (string?)log.State["stage"]);
        Assert.Equal(ExitCode.BadConfiguration, refused.ExitCode);
        Assert.Single(await Store(store).ReadAsync(Run, 0, default));
    }

    [Fact]
    public async Task Given_AnEventThatWasDeleted_When_Read_Then_ItsObjectIsNamed()
    {
        var log = Log("S3", "a");
        await log.AppendAsync("run.started", Set("stage", "started"), null, default);
        await log.AppendAsync("plan.saved", Set("stage", "planned"), null, default);
        _bucket.Remove($"runs/dev/{Run}/events/000001.json");

        var lost = await Assert.ThrowsAsync<PipelineException>(() => Log("S3", "b").ReadAsync(default));

        Assert.Equal(ExitCode.BadConfiguration, lost.ExitCode);
        Assert.Contains("events/000001.json", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_ALineThatACrashHasCut_When_Appended_Then_ItIsReplaced()
    {
        await Log("folder", "a").AppendAsync("run.started", Set("stage", "started"), null, default);
        await File.AppendAllTextAsync(Store("folder").PlaceOf(Run), "{\"number\":2,\"kin");
        var log = Log("folder", "b");
        await log.ReadAsync(default);

        await log.AppendAsync("plan.saved", Set("stage", "planned"), null, default);

        Assert.Equal(["run.started", "plan.saved"], (await Store("folder").ReadAsync(Run, 0, default)).Select(known => known.Kind));
        Assert.Equal(2, File.ReadAllLines(Store("folder").PlaceOf(Run)).Length);
    }

    private static Func<JsonObject, JsonObject> Set(string name, string value) => state =>
    {
        state[name] = value;
        return state;
    };

    private static Driver Driver(string id) => new(id, id, ProcessIdentity.Current, "Launch");

    private EventLog Log(string store, string id) => new(Store(store), Run, Driver(id), 7, version: 3);

    private EventLog LogWith(string store, string id, long? fence, Func<string, bool> answer) => new(new Answering(Store(store), answer), Run, Driver(id), fence, version: 3);

    private IEventStore Store(string name) => name == "S3"
        ? new S3EventStore(new S3Documents(_bucket.Clients, new NamedBucket("state"), _time, Sample.Hints), "dev")
        : new FolderEventStore(new ArtifactsFolder(_folder.FullName), _time);

    /// <summary>A store that writes, and whose answer depends on the event.</summary>
    private sealed class Answering(IEventStore store, Func<string, bool> answer) : IEventStore
    {
        public DateTimeOffset Now => store.Now;

        public string PlaceOf(string runId) => store.PlaceOf(runId);

        public Task<IReadOnlyList<RunEvent>> ReadAsync(string runId, int after, CancellationToken cancellationToken) => store.ReadAsync(runId, after, cancellationToken);

        public async Task<bool> TryAppendAsync(string runId, RunEvent next, CancellationToken cancellationToken) =>
            await store.TryAppendAsync(runId, next, cancellationToken) && answer(next.Kind);
    }
}
