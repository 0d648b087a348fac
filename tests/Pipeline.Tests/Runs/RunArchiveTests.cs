using System.Text.Json.Nodes;
using BuildPipeline.Aws;
using BuildPipeline.Journal;
using BuildPipeline.Pipeline.Tests.Journal;
using BuildPipeline.Runs;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Runs;

/// <summary>The runs of one bucket, seen from machines that share nothing else.</summary>
public sealed class RunArchiveTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("run-archive-");
    private readonly ConditionalBucket _bucket = new();
    private readonly FakeTimeProvider _time = new(Sample.Noon);
    private readonly Machine _a;
    private readonly Machine _b;

    public RunArchiveTests() => (_a, _b) = (new(this, "a"), new(this, "b"));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Given_ARunOfAnotherMachine_When_Refreshed_Then_ItIsHereAsItIsThere()
    {
        var session = await _a.StartAsync();
        await session.UpdateAsync("plan.saved", run => run with { Stage = RunStage.Planned, Job = Sample.Job, Plan = Sample.Plan }, null, default);
        await session.UpdateAsync("launch.intent", run => run with { Stage = RunStage.Launched, Attempts = [Training.TestRuns.Intent] }, null, default);

        await _b.Archive.RefreshAsync(session.Run.RunId, default);

        var run = Assert.Single(_b.Store.RunsOf("dev"));
        Assert.Equal((RunState.Launched, 3, session.Run.RunId), (run.State, run.LastEvent, run.RunId));
        Assert.Equal(RunDocument.Create(session.Run).ToJsonString(), RunDocument.Create(run).ToJsonString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{")]
    [InlineData("""{"run_id":"20260131-120000-ffff","environment":"dev","started_at":"2026-01-31T12:00:00Z","last_event":1}""")]
    public async Task Given_AProjectionThatIsLostOrBroken_When_Refreshed_Then_ItIsRebuiltFromTheEvents(string? projection)
    {
        var session = await _a.StartAsync();
        await session.UpdateAsync("plan.saved", run => run with { Stage = RunStage.Planned }, null, default);
        var key = $"runs/dev/{session.Run.RunId}/run.json";
        Assert.True(_bucket.Remove(key));
        if (projection is not null)
        {
            _bucket[key] = projection;
        }

        await _b.Archive.RefreshAsync(session.Run.RunId, default);

        Assert.Equal(RunStage.Planned, _b.Store.Load(session.Run.RunId).Stage);
    }

    [Fact]
    public async Task Given_ACopyThatIsUpToDate_When_Refreshed_Then_ItIsLeftAlone()
    {
        var session = await _a.StartAsync();
        var file = _a.Store.PathOf(session.Run.RunId, RunFiles.Run);
        var copy = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        copy["error"] = "written here";
        await File.WriteAllTextAsync(file, copy.ToJsonString());

        await _a.Archive.RefreshAsync(session.Run.RunId, default);
        Assert.Equal("written here", _a.Store.Load(session.Run.RunId).Error);

        await (await _b.ContinueAsync(session.Run.RunId)).UpdateAsync("plan.saved", run => run with { Stage = RunStage.Planned }, null, default);
        await _a.Archive.RefreshAsync(session.Run.RunId, default);
        Assert.Equal((RunStage.Planned, null), (_a.Store.Load(session.Run.RunId).Stage, _a.Store.Load(session.Run.RunId).Error));
    }

    [Fact]
    public async Task Given_AFileOfAnotherMachine_When_Asked_Then_ItIsFetchedAndOneThatIsHereIsReplacedOnRequestOnly()
    {
        var session = await _a.StartAsync();
        _a.Store.WriteText(session.Run.RunId, RunFiles.Summary, "receipt");
        await session.PutFileAsync(RunFiles.Summary, default);
        var other = await _b.ContinueAsync(session.Run.RunId);

        await other.GetFileAsync(RunFiles.Summary, replace: false, default);
        await other.GetFileAsync(RunFiles.Plan, replace: false, default);

        Assert.Equal("receipt", await File.ReadAllTextAsync(_b.Store.PathOf(session.Run.RunId, RunFiles.Summary)));
        Assert.False(File.Exists(_b.Store.PathOf(session.Run.RunId, RunFiles.Plan)));
        _b.Store.WriteText(session.Run.RunId, RunFiles.Summary, "own");
        await other.GetFileAsync(RunFiles.Summary, replace: false, default);
        Assert.Equal("own", await File.ReadAllTextAsync(_b.Store.PathOf(session.Run.RunId, RunFiles.Summary)));
        await other.GetFileAsync(RunFiles.Summary, replace: true, default);
        Assert.Equal("receipt", await File.ReadAllTextAsync(_b.Store.PathOf(session.Run.RunId, RunFiles.Summary)));
    }

    [Fact]
    public async Task Given_ARunOfAnOlderVersion_When_Continued_Then_ItsRecordBecomesTheFirstEvent()
    {
        var old = _a.Store.Create("dev", null) with { Stage = RunStage.Planned, Job = Sample.Job };
        _a.Store.Save(old);

        var session = await _a.ContinueAsync(old.RunId, old);
        await _b.Archive.RefreshAsync(old.RunId, default);

        Assert.Equal((1, RunStage.Planned), (session.Run.LastEvent, _b.Store.Load(old.RunId).Stage));
        Assert.Contains("run.imported", _bucket[$"runs/dev/{old.RunId}/events/000001.json"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_ARunThatIsRecordedHereOnly_When_AnotherDriverContinuesIt_Then_TheBucketGetsItsRecord()
    {
        var run = _a.Store.Create("dev", null);
        var here = new RunSession(_a.Store);
        here.Open(run, await _a.Archive.OpenHereAsync(run.RunId, default));
        await here.BeginAsync(isNew: true, new { }, default);
        await here.UpdateAsync("plan.saved", planned => planned with { Stage = RunStage.Planned }, null, default);
        await here.PutFileAsync(RunFiles.Plan, default);
        Assert.False(_bucket.Remove($"runs/dev/{run.RunId}/events/000001.json"));

        await _a.ContinueAsync(run.RunId, _a.Store.Load(run.RunId));
        await _b.Archive.RefreshAsync(run.RunId, default);

        Assert.Equal(RunStage.Planned, _b.Store.Load(run.RunId).Stage);
    }

    [Fact]
    public async Task Given_ARunOfANewerVersion_When_Read_Then_WhatIsKnownIsShownAndNothingIsWritten()
    {
        var session = await _a.StartAsync();
        await session.UpdateAsync("plan.saved", run => run with { Stage = RunStage.Planned, Job = Sample.Job, Attempts = [Training.TestRuns.Intent] }, null, default);
        await NewerAsync(session.Run.RunId);

        await _b.Archive.RefreshAsync(session.Run.RunId, default);
        var run = _b.Store.Load(session.Run.RunId);
        var other = await _b.ContinueAsync(run.RunId, begin: false);

        Assert.True(run.IsNewer());
        Assert.True(other.Run.IsNewer());
        Assert.Equal((RunStage.Started, Sample.Job.Name, Training.TestRuns.Intent.JobName), (run.Stage, run.Job!.Name, run.CurrentAttempt!.JobName));
        var refused = await Assert.ThrowsAsync<PipelineException>(() => other.UpdateAsync("apply.started", same => same, null, default));
        Assert.Equal(ExitCode.BadConfiguration, refused.ExitCode);
        await other.NoteAsync("launch.stop_requested", new { }, default);
        Assert.False(_bucket.Remove($"runs/dev/{run.RunId}/events/000004.json"));
    }

    // A version that knows a stage, a market and a member that this one does not.
    private async Task NewerAsync(string runId)
    {
        var store = new S3EventStore(new S3Documents(_bucket.Clients, new NamedBucket("state"), _time, Sample.Hints), "dev");
        var log = new EventLog(store, runId, new Driver("newer", "c", ProcessIdentity.Current, "Launch"), null, RunRecord.CurrentSchema + 1);
        await log.ReadAsync(default);
        await log.AppendAsync(
            "launch.teleported",
            state =>
            {
                state["schema_version"] = RunRecord.CurrentSchema + 1;
                state["stage"] = "teleported";
                state["attempts"]![0]!["outcome"] = "teleported";
                state["teleport"] = new JsonObject { ["to"] = "the moon" };
                return state;
            },
            null,
            default);
    }

    /// <summary>A machine with its own folder.</summary>
    private sealed class Machine
    {
        public Machine(RunArchiveTests test, string name)
        {
            var artifacts = new ArtifactsFolder(Path.Combine(test._folder.FullName, name));
            Store = new RunStore(artifacts, test._time);
            Archive = new RunArchive(new S3Documents(test._bucket.Clients, new NamedBucket("state"), test._time, Sample.Hints), Store, new FolderEventStore(artifacts, test._time), "dev", "Launch");
        }

        public RunStore Store { get; }

        public RunArchive Archive { get; }

        public Task<RunSession> StartAsync()
        {
            var run = Store.Create("dev", null);
            return ContinueAsync(run.RunId, run);
        }

        public async Task<RunSession> ContinueAsync(string runId, RunRecord? run = null, bool begin = true)
        {
            var session = new RunSession(Store);
            var journal = await Archive.OpenAsync(runId, null, default);
            session.Open(run ?? journal.Record, journal);
            if (begin)
            {
                await session.BeginAsync(isNew: false, new { }, default);
            }

            return session;
        }
    }
}
