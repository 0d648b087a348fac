using BuildPipeline.Pipeline.Tests.Tasks;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Sweeps;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Sweeps;

public sealed class SweepDriverTests
{
    [Fact]
    public async Task Given_EightVariants_When_Driven_Then_EachIsDrivenOnceAndFourAtMostAtOnce()
    {
        using var flow = await FlowFixture.StartedAsync();
        var (sweep, process) = (await CreateAsync(flow, 8), new StubProcess(flow));

        var results = await RunAsync(flow, sweep, process, 4);

        Assert.All(results.Values, code => Assert.Equal(ExitCode.Done, code));
        Assert.Equal(sweep.Variants.Select(variant => variant.RunId), process.Launched.Order(StringComparer.Ordinal));
        Assert.Equal(4, process.MostAtOnce);
        Assert.NotNull((await flow.Sweeps.ReadAsync(sweep.SweepId, default)).StartedAt);
    }

    [Fact]
    public async Task Given_AVariantThatIsRefused_When_Driven_Then_ItIsNotTriedAgainAndTheOthersContinue()
    {
        using var flow = await FlowFixture.StartedAsync();
        var (sweep, process) = (await CreateAsync(flow, 3), new StubProcess(flow));
        process.Refused = sweep.Variants[0].RunId;

        var results = await RunAsync(flow, sweep, process, 1);

        Assert.Equal([ExitCode.NotApproved, ExitCode.Done, ExitCode.Done], sweep.Variants.Select(variant => results[variant.RunId]));
        Assert.Equal(3, process.Launched.Count);
    }

    [Fact]
    public async Task Given_ASweepThatWasStopped_When_Driven_Then_OnlyWhatRunsIsContinued()
    {
        using var flow = await FlowFixture.StartedAsync();
        var (sweep, process) = (await CreateAsync(flow, 3), new StubProcess(flow));
        await flow.ChangeAsync(sweep.Variants[1].RunId, Submitted);

        await RunAsync(flow, sweep with { StoppedAt = Sample.Noon }, process, 4);

        Assert.Equal([sweep.Variants[1].RunId], process.Launched);
    }

    [Fact]
    public async Task Given_ASweepThatAnotherProcessHasTaken_When_Driven_Then_NothingStarts()
    {
        using var flow = await FlowFixture.StartedAsync();
        var (sweep, process) = (await CreateAsync(flow, 2), new StubProcess(flow));
        var drive = new SweepDrive(2, TimeSpan.Zero, _ => throw new PipelineException(BuildPipeline.Journal.JournalErrors.LeaseLost, "lost"), _ => { });

        await Assert.ThrowsAsync<PipelineException>(() => new SweepDriver(flow.Reader, flow.Sweeps, process, TimeProvider.System).RunAsync(sweep, drive, default));

        Assert.Empty(process.Launched);
    }

    private static Task<IReadOnlyDictionary<string, ExitCode>> RunAsync(FlowFixture flow, SweepRecord sweep, StubProcess process, int parallel) =>
        new SweepDriver(flow.Reader, flow.Sweeps, process, TimeProvider.System).RunAsync(sweep, new(parallel, TimeSpan.Zero, _ => Task.CompletedTask, _ => { }), default);

    private static async Task<SweepRecord> CreateAsync(FlowFixture flow, int variants)
    {
        var sweep = Samples.Approved(variants);
        Assert.True(await flow.Sweeps.TryCreateAsync(sweep, default));
        foreach (var variant in sweep.Variants)
        {
            await flow.OtherRunAsync(_ => Samples.RunOf(variant.RunId));
        }

        return sweep;
    }

    private static RunRecord Submitted(RunRecord run) => run with { Stage = RunStage.Launched, Attempts = [TestRuns.Intent with { SubmittedAt = Sample.Noon }] };

    // The first turn submits and leaves the job running, the second one closes the run.
    private sealed class StubProcess(FlowFixture flow) : IVariantProcess
    {
        private readonly Lock _lock = new();
        private int _running;

        public List<string> Launched { get; } = [];

        public int MostAtOnce { get; private set; }

        public string? Refused { get; set; }

        public Task<ExitCode> PriceAsync(SweepRecord sweep, SweepVariant variant, CancellationToken cancellationToken) => throw new InvalidOperationException("It is priced.");

        public async Task<ExitCode> LaunchAsync(SweepRecord sweep, SweepVariant variant, CancellationToken cancellationToken)
        {
            if (IsFirst(variant.RunId))
            {
                await Task.Yield();
                await flow.ChangeAsync(variant.RunId, run => run.IsOpen || variant.RunId == Refused ? run : Submitted(run));
                return variant.RunId == Refused ? ExitCode.NotApproved : ExitCode.StillRunning;
            }

            await flow.ChangeAsync(variant.RunId, run => run with { ClosedAt = Sample.Noon, ExitCode = ExitCode.Done, Attempts = [run.Attempts[0] with { Outcome = OutcomeKind.Completed, Cost = new Usd(0.1m) }] });
            lock (_lock)
            {
                _running--;
            }

            return ExitCode.Done;
        }

        private bool IsFirst(string runId)
        {
            lock (_lock)
            {
                if (Launched.Contains(runId))
                {
                    return false;
                }

                Launched.Add(runId);
                _running += runId == Refused ? 0 : 1;
                MostAtOnce = Math.Max(MostAtOnce, _running);
                return true;
            }
        }
    }
}
