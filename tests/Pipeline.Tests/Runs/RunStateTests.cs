using BuildPipeline.Aws;
using BuildPipeline.Evidence;
using BuildPipeline.Journal;
using BuildPipeline.Pipeline.Tests.Journal;
using BuildPipeline.Runs;
using BuildPipeline.Training;
using static BuildPipeline.Pipeline.Tests.Training.TestRuns;

namespace BuildPipeline.Pipeline.Tests.Runs;

public sealed class RunStateTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("run-state-");

    /// <summary>A run in each state.</summary>
    internal static RunRecord In(RunState state)
    {
        var draft = Run with { Attempts = [] };
        RunRecord Launched(RunStage stage, OutcomeKind? outcome) => Run with { Stage = stage, Attempts = [Intent with { Outcome = outcome, OutcomeSentence = "Ended." }] };
        RunRecord Judged(bool passed) => Launched(RunStage.Validated, OutcomeKind.Completed) with { Evidence = Evidence(passed) };
        return state switch
        {
            RunState.Started => draft with { Stage = RunStage.Started, Job = null },
            RunState.Planned => draft with { Stage = RunStage.Planned },
            RunState.Priced => draft with { Stage = RunStage.Priced },
            RunState.Approved => draft with { Stage = RunStage.Approved },
            RunState.Applied => draft with { Stage = RunStage.Applied },
            RunState.Launched => Launched(RunStage.Launched, null),
            RunState.Failed => Launched(RunStage.Trained, OutcomeKind.Stopped),
            RunState.Trained => Launched(RunStage.Trained, OutcomeKind.Completed),
            RunState.Judged => Judged(true),
            RunState.ClosedFailed => Launched(RunStage.Trained, OutcomeKind.Stopped) with { ClosedAt = Start },
            RunState.ClosedInvalid => Judged(false) with { ClosedAt = Start },
            _ => Judged(true) with { ClosedAt = Start },
        };
    }

    public static TheoryData<RunState> All => [.. Enum.GetValues<RunState>()];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(All))]
    public void Given_ARunInEachState_When_Read_Then_ItIsInThatStateAndOpenFromItsIntentUntilItIsClosed(RunState state)
    {
        var run = In(state);

        Assert.Equal(state, run.State);
        Assert.Equal(state is > RunState.Applied and < RunState.ClosedFailed, run.IsOpen);
        Assert.Equal(state >= RunState.ClosedFailed, state.IsClosed());
    }

    [Fact]
    public void Given_AJobWithoutCapacityAndAFurtherFallback_When_Read_Then_TheRunIsStillLaunched()
    {
        var run = In(RunState.Failed) with { Job = Job with { InstanceFallbacks = [new() { InstanceType = "ml.g5.2xlarge", InstanceCount = 2, UseSpotInstances = true }] } };

        Assert.Equal(RunState.Launched, run.WithCurrentAttempt(Intent with { Outcome = OutcomeKind.NoCapacity }).State);
        Assert.Equal(RunState.Failed, run.State);
    }

    [Fact]
    public async Task Given_AStoredRun_When_AChangeWouldGoBackOrAlterAClosedOne_Then_ItIsRefused()
    {
        var store = new RunStore(new ArtifactsFolder(_folder.FullName), TimeProvider.System);
        var documents = new S3Documents(new ConditionalBucket().Clients, new NamedBucket("state"), TimeProvider.System, Sample.Hints);
        var copies = new FolderEventStore(new ArtifactsFolder(_folder.FullName), TimeProvider.System);
        var session = new RunSession(store);
        var run = store.Create("sandbox", null);
        session.Open(run, await new RunArchive(documents, store, copies, "sandbox", "Plan").OpenAsync(run.RunId, null, default));
        await session.BeginAsync(isNew: true, new { }, default);
        await session.UpdateAsync("plan.saved", run => run with { Stage = RunStage.Priced }, null, default);

        await Assert.ThrowsAsync<InvalidOperationException>(() => session.UpdateAsync("plan.saved", run => run with { Stage = RunStage.Planned }, null, default));
        await session.UpdateAsync("run.closed", run => run with { ClosedAt = Start }, null, default);
        await Assert.ThrowsAsync<InvalidOperationException>(() => session.UpdateAsync("target.ended", run => run with { Error = "x" }, null, default));

        Assert.Equal((RunStage.Priced, null), (store.Load(session.Run.RunId).Stage, store.Load(session.Run.RunId).Error));
    }

    [Fact]
    public void Given_ARecordOfTheFormatBefore_When_Loaded_Then_ItIsClosedWhereATargetEndedOnItsResult()
    {
        var store = new RunStore(new ArtifactsFolder(_folder.FullName), TimeProvider.System);
        RunRecord Load(RunRecord run)
        {
            var document = RunDocument.Create(run with { RunId = store.Create("sandbox", null).RunId });
            document.Remove("schema_version");
            document["format"] = "run/1";
            store.Save((string)document["run_id"]!, document);
            return store.RunsOf("sandbox").Single(stored => stored.StartedAt == run.StartedAt);
        }

        var ended = Load(In(RunState.Judged) with { EndedAt = Start.AddHours(1), StartedAt = Start });
        var killed = Load(In(RunState.Judged) with { StartedAt = Start.AddDays(1) });
        var running = Load(In(RunState.Launched) with { EndedAt = Start, StartedAt = Start.AddDays(2) });

        Assert.Equal(Start.AddHours(1), ended.ClosedAt);
        Assert.Equal(RunRecord.CurrentSchema, ended.SchemaVersion);
        Assert.True(killed.IsOpen);
        Assert.True(running.IsOpen);
    }

    [Fact]
    public void Given_OpenRuns_When_OneIsAskedFor_Then_OneIsTakenAndSeveralAreListedWithACommandEach()
    {
        var (first, second) = (In(RunState.Launched), In(RunState.Trained) with { RunId = "20260102-030405-ffff" });

        Assert.Null(RunSelection.Open([], id => id));
        Assert.Same(first, RunSelection.Open([first], id => id));
        var several = Assert.Throws<PipelineException>(() => RunSelection.Open([first, second], id => $"command {id}"));
        Assert.Equal(ExitCode.BadConfiguration, several.ExitCode);
        Assert.Contains($"command {first.RunId}", several.Message, StringComparison.Ordinal);
        Assert.Contains($"command {second.RunId}", several.Message, StringComparison.Ordinal);
    }

    private static EvidenceRecord Evidence(bool passed) => new()
    {
        Findings = [new("job", passed, "As reported.")],
        Checkpoints = [],
        Interruptions = [],
        FinalMetrics = new Dictionary<string, double>(),
    };
}
