using System.Net;
using System.Text.Json.Nodes;
using BuildPipeline.Aws;
using BuildPipeline.History;
using BuildPipeline.Journal;
using BuildPipeline.Pipeline.Tests.Journal;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.History;

/// <summary>The list of runs: what it has is in the logs, and the monthly index only makes it quick.</summary>
public sealed class EnvironmentHistoryTests : IDisposable
{
    private const string November = "runs/dev/history/2026-11.json";
    private const string December = "runs/dev/history/2026-12.json";

    private readonly TempFolder _folder = new();
    private readonly ConditionalBucket _bucket = new();
    private readonly FakeTimeProvider _time = new(new(2026, 11, 30, 23, 0, 0, TimeSpan.Zero));
    private readonly S3Documents _documents;
    private readonly RunStore _store;
    private readonly RunArchive _archive;
    private readonly RunReader _reader;
    private readonly HistoryIndexStore _indexes;
    private readonly EnvironmentHistory _history;

    public EnvironmentHistoryTests()
    {
        var artifacts = new ArtifactsFolder(_folder.Root);
        _documents = new S3Documents(_bucket.Clients, new NamedBucket("state"), _time, Sample.Hints);
        _store = new RunStore(artifacts, _time);
        _archive = new RunArchive(_documents, _store, new FolderEventStore(artifacts, _time), "dev", "Launch");
        _reader = new RunReader(_documents, _archive, "dev");
        _indexes = new HistoryIndexStore(_documents, "dev");
        _history = new EnvironmentHistory(_reader, _indexes);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Given_ClosedRunsThatNoIndexHas_When_Listed_Then_TheyAreReadOnceAndIndexedByMonth()
    {
        string[] closed = [await CloseAsync(), await CloseAsync(), await CloseAsync(TimeSpan.FromHours(2))];

        var first = await _history.ReadAsync(null, default);
        var keys = await KeysReadAsync(async () => Assert.Equal(first.Runs, (await _history.ReadAsync(null, default)).Runs));

        Assert.Equal(closed.Order(StringComparer.Ordinal), first.Runs.Select(run => run.RunId));
        Assert.Equal([November, December], keys.Order(StringComparer.Ordinal));
        Assert.Equal((2, 1), (Indexed(November).Count, Indexed(December).Count));
    }

    [Fact]
    public async Task Given_ManyClosedRuns_When_Listed_Then_TheRequestsDoNotGrowWithTheirEvents()
    {
        _bucket.PageSize = 10;
        foreach (var _ in Enumerable.Range(0, 25))
        {
            await CloseAsync(TimeSpan.FromSeconds(1));
        }

        await _history.ReadAsync(null, default);
        _bucket.Lists = 0;
        var keys = await KeysReadAsync(() => _history.ReadAsync("2026-11", default));

        // 25 runs on pages of 10, and no list of events.
        Assert.Equal([November], keys);
        Assert.Equal(3, _bucket.Lists);
    }

    [Fact]
    public async Task Given_AnEntry_When_MadeFromARun_Then_ItHasWhoStartedAndApprovedItAndWhatItCost()
    {
        await CloseAsync();

        var entry = Assert.Single((await _history.ReadAsync(null, default)).Runs);

        Assert.Equal((Environment.MachineName, "sandbox", "research", "demo-sandbox"), (entry.StartedOn, entry.ApprovedBy, entry.Team, entry.Job));
        Assert.Equal((new Usd(1.5m), new Usd(3m), 1, RunState.ClosedFailed, NextStep.None), (entry.SpentUsd, entry.CeilingUsd, entry.Attempts, entry.State, entry.NextStep));
    }

    [Fact]
    public async Task Given_TwoProcessesThatCloseARunAtOnce_When_Indexed_Then_NeitherEntryIsLost()
    {
        string[] runs = [await CloseAsync(), await CloseAsync()];
        var other = 1;
        _bucket.OnRead = key =>
        {
            // Between the read of the first and its write, the second one writes.
            if (key == November && Interlocked.Decrement(ref other) == 0)
            {
                _history.AddAsync(runs[1], unposted: false, default).GetAwaiter().GetResult();
            }
        };

        await _history.AddAsync(runs[0], unposted: false, default);

        Assert.Equal(runs.Order(StringComparer.Ordinal), Indexed(November));
    }

    [Fact]
    public async Task Given_ARunThatIsOpen_When_Listed_Then_ItIsReadEachTimeAndNotIndexed()
    {
        var session = await StartAsync();
        await session.UpdateAsync("launch.intent", run => Launched(run), null, default);
        Assert.True(Assert.Single((await _history.ReadAsync(null, default)).Runs).IsOpen);
        Assert.False(_bucket.Has(November));

        await session.UpdateAsync("run.closed", run => run with { ClosedAt = _time.GetUtcNow() }, null, default);

        Assert.False(Assert.Single((await _history.ReadAsync(null, default)).Runs).IsOpen);
        Assert.Single(Indexed(November));
    }

    [Fact]
    public async Task Given_ARunThatWasOnlyPlanned_When_ItIsContinuedElsewhere_Then_ItsEntryIsReadAnew()
    {
        var session = await StartAsync();
        Assert.Equal(RunState.Started, Assert.Single((await _history.ReadAsync(null, default)).Runs).State);

        // What is known of it costs one list; nothing is read.
        Assert.Equal([November], await KeysReadAsync(() => _history.ReadAsync("2026-11", default)));
        await session.UpdateAsync("plan.saved", run => run with { Stage = RunStage.Planned, Job = TestRuns.Job }, null, default);

        Assert.Equal((RunState.Planned, "research"), (await _history.ReadAsync(null, default)).Runs.Select(run => (run.State, run.Team!)).Single());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"schema_version":0,"runs":"of another form"}""")]
    [InlineData("""{"schema_version":"one"}""")]
    [InlineData("""{"schema_version":1,"month":"2026-11","runs":[{"run_id":1}]}""")]
    [InlineData("""{"schema_version":1,"month":"2026-11","runs":[]}""")]
    public async Task Given_AnIndexThatIsDamagedOrOldOrLacksARun_When_Listed_Then_ItIsMadeAnewFromTheLogs(string index)
    {
        var run = await CloseAsync();
        _bucket[November] = index;

        Assert.Equal(run, Assert.Single((await _history.ReadAsync(null, default)).Runs).RunId);
        Assert.Equal([run], Indexed(November));
    }

    [Fact]
    public async Task Given_AnIndexOfANewerVersion_When_Listed_Then_TheLogsAreReadAndItStays()
    {
        const string Newer = """{"schema_version":99,"runs":"unknown"}""";
        var run = await CloseAsync();
        _bucket[November] = Newer;

        await _history.AddAsync(run, unposted: false, default);

        Assert.Equal(run, Assert.Single((await _history.ReadAsync(null, default)).Runs).RunId);
        Assert.Equal(Newer, _bucket[November]);
    }

    [Fact]
    public async Task Given_ARunWhoseLogWasDeleted_When_Listed_Then_ItLeavesTheIndex()
    {
        string[] runs = [await CloseAsync(), await CloseAsync()];
        await _history.ReadAsync(null, default);
        foreach (var file in (string[])["events/000001.json", "events/000002.json", "events/000003.json", "run.json"])
        {
            Assert.True(_bucket.Remove($"runs/dev/{runs[0]}/{file}"));
        }

        Assert.Equal(runs[1], Assert.Single((await _history.ReadAsync(null, default)).Runs).RunId);
        Assert.Equal([runs[1]], Indexed(November));
    }

    [Fact]
    public async Task Given_ALogThatCannotBeRead_When_Listed_Then_TheOtherRunsAreAndItIsNamed()
    {
        string[] runs = [await CloseAsync(), await CloseAsync()];
        _bucket.Remove($"runs/dev/{runs[0]}/run.json");
        _bucket[$"runs/dev/{runs[0]}/events/000002.json"] = "{";

        var reading = await _history.ReadAsync(null, default);

        Assert.Equal((runs[1], runs[0]), (Assert.Single(reading.Runs).RunId, Assert.Single(reading.Unreadable).RunId));
    }

    [Fact]
    public async Task Given_ACallerWhoMayOnlyRead_When_Listed_Then_TheRunsAreThereAll()
    {
        var run = await CloseAsync();
        _bucket.OnWrite = key => throw ConditionalBucket.Error(HttpStatusCode.Forbidden, "AccessDenied");

        Assert.Equal(run, Assert.Single((await _history.ReadAsync(null, default)).Runs).RunId);
    }

    [Fact]
    public async Task Given_AMonth_When_Listed_Then_OnlyItsRunsAreAndOnlyItsIndexIsRead()
    {
        string[] runs = [await CloseAsync(), await CloseAsync(TimeSpan.FromHours(2))];
        await _history.ReadAsync(null, default);

        var keys = await KeysReadAsync(async () => Assert.Equal(runs[1], Assert.Single((await _history.ReadAsync("2026-12", default)).Runs).RunId));

        Assert.Equal([December], keys);
    }

    [Fact]
    public async Task Given_RunsOfAnotherMachine_When_TheCopiesAreRefreshed_Then_ThoseAreCopiedThatAreNotClosedAndTheNewestClosedOne()
    {
        string[] closed = [await CloseAsync(), await CloseAsync(TimeSpan.FromMinutes(1)), await CloseAsync(TimeSpan.FromMinutes(1))];
        _time.Advance(TimeSpan.FromMinutes(1));
        var open = await StartAsync();
        await open.UpdateAsync("launch.intent", run => Launched(run), null, default);
        await _history.ReadAsync(null, default);
        using var other = new TempFolder();
        var artifacts = new ArtifactsFolder(other.Root);
        var store = new RunStore(artifacts, _time);
        var archive = new RunArchive(_documents, store, new FolderEventStore(artifacts, _time), "dev", "Launch");
        var copies = new RunCopies(_reader, _indexes, archive, store);

        await copies.RefreshAsync(null, default);

        Assert.Equal([open.Run.RunId, closed[2]], store.All().Select(run => run.RunId));
        Assert.Equal([open.Run.RunId], await copies.UnclosedAsync(default));

        await copies.RefreshAsync(entry => entry.RunId == closed[0], default);
        await open.UpdateAsync("run.closed", run => run with { ClosedAt = _time.GetUtcNow() }, null, default);
        await _history.ReadAsync(null, default);
        await copies.RefreshAsync(null, default);

        Assert.Equal([open.Run.RunId, closed[2], closed[0]], store.All().Select(run => run.RunId));
        Assert.DoesNotContain(store.All(), run => run.ClosedAt is null);
    }

    [Fact]
    public void Given_RunsOfTwoTeamsAndMonths_When_AddedUp_Then_EachTeamHasATotalForEachMonth()
    {
        var entry = HistoryEntry.From(TestRuns.Run with { RunId = "20261101-000000-0001", Attempts = [] }, null);
        HistoryEntry[] runs =
        [
            entry with { State = RunState.ClosedValidated, IsOpen = false, SpentUsd = new Usd(1m) },
            entry with { State = RunState.ClosedFailed, IsOpen = false, SpentUsd = null },
            entry with { State = RunState.Launched, IsOpen = true, SpentUsd = Usd.Zero, CeilingUsd = new Usd(7m) },
            entry with { Team = "vision", State = RunState.ClosedInvalid, IsOpen = false, SpentUsd = new Usd(2m) },
            entry with { RunId = "20261201-000000-0001", Team = null, State = RunState.Started, IsOpen = false, SpentUsd = Usd.Zero },
        ];

        var totals = HistoryTotal.From(runs);

        Assert.Equal([("2026-11", "research"), ("2026-11", "vision"), ("2026-12", null)], totals.Select(total => (total.Month, total.Team)));
        Assert.Equal(
            [(3, 1, 1, 1, 1m, 1, 7m), (1, 0, 1, 0, 2m, 0, 0m), (1, 0, 0, 0, 0m, 0, 0m)],
            totals.Select(total => (total.Runs, total.Validated, total.Failed, total.Open, total.SpentUsd.Amount, total.UnknownCosts, total.OpenCeilingUsd.Amount)));
    }

    private List<string> Indexed(string month) => [.. JsonNode.Parse(_bucket[month])!["runs"]!.AsArray().Select(run => (string)run!["run_id"]!)];

    private async Task<List<string>> KeysReadAsync(Func<Task> work)
    {
        var keys = new List<string>();
        _bucket.OnRead = key =>
        {
            lock (keys)
            {
                keys.Add(key);
            }
        };
        await work();
        _bucket.OnRead = _ => { };
        return keys;
    }

    private async Task<RunSession> StartAsync()
    {
        var run = _store.Create("dev", null);
        var session = new RunSession(_store);
        session.Open(run, await _archive.OpenAsync(run.RunId, null, default));
        await session.BeginAsync(isNew: true, new { }, default);
        return session;
    }

    [Fact]
    public async Task Given_RunsOfSeveralJobs_When_ThePreviousOneIsAskedFor_Then_ItIsTheNewestEarlierOneOfThatJobThatSubmittedOne()
    {
        string[] closed = [await CloseAsync(), await CloseAsync(TimeSpan.FromMinutes(1))];
        await _history.ReadAsync(null, default);
        _time.Advance(TimeSpan.FromMinutes(1));
        await StartAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        var run = Launched((await StartAsync()).Run);
        var previous = new PreviousRun(_reader, _indexes);

        Assert.Equal(closed[1], (await previous.FindAsync(run, default))!.RunId);
        Assert.Null(await previous.FindAsync(run with { JobFile = "small" }, default));
        Assert.Null(await previous.FindAsync(Launched((await _reader.ReadAsync(closed[0], default))!.Record), default));
    }

    private async Task<string> CloseAsync(TimeSpan later = default)
    {
        _time.Advance(later);
        var session = await StartAsync();
        await session.UpdateAsync("launch.intent", run => Launched(run), null, default);
        await session.UpdateAsync("run.closed", run => run with { ClosedAt = _time.GetUtcNow() }, null, default);
        return session.Run.RunId;
    }

    private static RunRecord Launched(RunRecord run) => run with
    {
        Stage = RunStage.Launched,
        Job = TestRuns.Job,
        Approval = TestRuns.Run.Approval,
        Attempts = [TestRuns.Intent with { Outcome = BuildPipeline.Training.OutcomeKind.Failed, Cost = new Usd(1.5m) }],
    };
}
