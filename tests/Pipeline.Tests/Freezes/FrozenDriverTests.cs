using BuildPipeline.Aws;
using BuildPipeline.Freezes;
using BuildPipeline.Pipeline.Tests.Journal;
using BuildPipeline.Pipeline.Tests.Tasks;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Tasks;
using BuildPipeline.Training;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Freezes;

/// <summary>A driver at work while somebody freezes: whatever comes first, nothing is created that the driver could know to be frozen.</summary>
public sealed class FrozenDriverTests
{
    private const string Marker = "freezes/sandbox.json";
    private const string Frozen = """{"environment":"sandbox","freezes":[{"frozen":{"by":"ada","at":"2026-01-02T03:00:00Z","why":"cost spike"}}]}""";

    [Fact]
    public async Task Given_EachMomentOfADriver_When_SpendingIsFrozenThen_Then_NothingIsCreatedAfterItsNextCheckAndTheRunContinuesAfterTheRelease()
    {
        var moments = (await DriveAsync(freezeAt: int.MaxValue)).Reads;
        Assert.InRange(moments, 8, 100);
        var created = new HashSet<int>();
        for (var moment = 0; moment < moments; moment++)
        {
            created.Add((await DriveAsync(moment)).CreatedWhileFrozen);
        }

        Assert.Equal([0, 1, 2], created.Order());
    }

    [Property(MaxTest = 200)]
    public bool Given_ASubmissionThatIsTriedAgain_When_TheMarkerComesAndGoes_Then_EveryJobWasCheckedAfterTheTryBefore(uint seed)
    {
        var random = new Random((int)(seed % int.MaxValue));
        var (state, jobs, clients, time) = (new ConditionalBucket(), new FakeJobs(), TestRuns.Clients(), new SkippingTime());
        jobs.Attach(clients.SageMaker);
        var open = new HashSet<string>();
        var checkedTries = true;
        state.OnRead = key =>
        {
            _ = state.Has(key) ? open.Remove(key) : open.Add(key);
            if (random.Next(20) == 0)
            {
                open.Clear();
                throw ConditionalBucket.Error(System.Net.HttpStatusCode.Forbidden, "AccessDenied");
            }

            // Somebody freezes or releases right after the driver's check.
            if (random.Next(4) == 0 && !state.Remove(Marker))
            {
                state[Marker] = Frozen;
            }
        };
        jobs.OnCreate = _ =>
        {
            checkedTries &= open.Count == 2;
            open.Clear();
            if (random.Next(3) > 0)
            {
                throw TestRuns.SageMakerError("ThrottlingException", "Rate exceeded");
            }
        };
        var gate = new SpendGate(new FreezeStore(new S3Documents(state.Clients, new NamedBucket("state"), time, Sample.Hints), "sandbox"), "Launch", Sample.Hints);
        var request = JobRequest.Build(TestRuns.Job, TestRuns.Run, TestRuns.Intent, []);

        var failure = Record.ExceptionAsync(() => new Launcher(clients, gate, time).SubmitAsync(TestRuns.Run, request, default)).GetAwaiter().GetResult();

        return checkedTries && (failure is null ? jobs.Created.Count == 1 : failure is PipelineException);
    }

    [Fact]
    public async Task Given_AFreeze_When_ARunIsApplied_Then_TerraformDoesNotRunAndTheApplyHasNotStarted()
    {
        using var flow = await FlowFixture.PricedAsync(null, "--target=Apply");
        await flow.Approval.RunAsync(default);
        await flow.FreezeAsync("research");
        flow.Call.Session.Steps = [RunStep.Apply];

        var code = await flow.FailAsync(new ApplyTask(flow.Call, flow.Files, flow.Stack, flow.Approval, flow.Hold, flow.Renewal, flow.Spend));

        Assert.Equal(FreezeErrors.Frozen, code);
        Assert.Empty(flow.Terraform.Commands);
        Assert.Null((await flow.RecordedAsync()).ApplyStartedAt);
    }

    [Theory]
    [InlineData("Launch", true)]
    [InlineData("Apply", true)]
    [InlineData("Plan", false)]
    [InlineData("CostGate", false)]
    [InlineData("Approve", false)]
    public async Task Given_AFreeze_When_ANewRunWouldStart_Then_OnlyOneThatCouldSpendIsRefusedAndNothingIsLeftOfIt(string target, bool isRefused)
    {
        using var flow = await FlowFixture.StartedAsync(null, $"--target={target}");
        await flow.FreezeAsync();

        var failure = await Record.ExceptionAsync(() => flow.Initializer.OpenAsync(TargetRequirements.Find(target)!, default)) as PipelineException;

        Assert.Equal(isRefused ? FreezeErrors.Frozen : null, failure?.Code);
        Assert.Equal(isRefused ? 1 : 2, flow.Store.All().Count());
        Assert.True(!isRefused || failure!.Message.Split('\n')[^1].Contains($"--target={target} ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("team = \"research\"", true)]
    [InlineData("team = \"vision\"", false)]
    public async Task Given_AFreezeOfATeam_When_ANewRunWouldStart_Then_ItIsRefusedWhereTheFilesNameThatTeam(string files, bool isRefused)
    {
        using var flow = await FlowFixture.StartedAsync(null, "--target=Launch");
        flow.Write("infra/environments/sandbox.tfvars", $"region = \"us-east-1\"\n{files}");
        await flow.FreezeAsync("research");

        var failure = await Record.ExceptionAsync(() => flow.Initializer.OpenAsync(TargetRequirements.Find("Launch")!, default)) as PipelineException;

        Assert.Equal(isRefused ? FreezeErrors.Frozen : null, failure?.Code);
    }

    [Fact]
    public async Task Given_AFreezeAndARunThatIsNotApplied_When_ItIsLaunched_Then_ItIsRefusedAsItIsWithTheCommandThatContinuesIt()
    {
        using var flow = await FlowFixture.PricedAsync(null, "--target=Launch", "--run=latest");
        await flow.FreezeAsync();
        var events = await flow.EventsAsync();

        var failure = await Assert.ThrowsAsync<PipelineException>(() => flow.Initializer.OpenAsync(TargetRequirements.Find("Launch")!, default));

        Assert.Contains($"--target=Launch --run={flow.Call.Run.RunId} ", failure.Message.Split('\n')[^1], StringComparison.Ordinal);
        Assert.Equal(events, await flow.EventsAsync());
    }

    [Theory]
    [InlineData("Launch", true)]
    [InlineData("Approve", false)]
    public async Task Given_AFreeze_When_AnApprovalIsAskedFor_Then_OnlyAnApprovalAloneIsGiven(string target, bool isRefused)
    {
        using var flow = await FlowFixture.PricedAsync(null, $"--target={target}");
        await flow.FreezeAsync();

        var failure = await Record.ExceptionAsync(() => flow.Approval.RunAsync(default)) as PipelineException;

        Assert.Equal(isRefused ? FreezeErrors.Frozen : null, failure?.Code);
        Assert.Equal(isRefused, flow.Call.Run.Approval is null);
    }

    [Fact]
    public async Task Given_AFreeze_When_ARunIsLaunched_Then_NothingIsUploadedOrIntendedAndTheRunStaysOpen()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.FreezeAsync();

        var refusal = await Assert.ThrowsAsync<PipelineException>(() => flow.Submission.RunAsync(default));

        Assert.Equal((FreezeErrors.Frozen, ExitCode.Refused, false), (refusal.Code, refusal.ExitCode, SuccessorCheck.IsFinal(refusal)));
        Assert.Empty(flow.Bucket.Puts);
        Assert.Equal(RunState.Applied, (await flow.RecordedAsync()).State);
    }

    [Fact]
    public async Task Given_AFreezeAndAJobThatWasSubmittedBefore_When_TheRunIsLaunched_Then_TheJobIsFollowed()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        await flow.FreezeAsync();

        await flow.Submission.RunAsync(default);

        Assert.Single(flow.Jobs.Created);
        Assert.Equal(RunState.Launched, flow.Call.Run.State);
    }

    [Fact]
    public async Task Given_AFreezeAndAMoveThatIsDue_When_TheJobIsPolled_Then_ItKeepsRunningTheLogSaysSoOnceAndTheMoveFollowsTheRelease()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        await flow.UpdateAsync(run => run with { DeadlineAt = TestRuns.Start.AddSeconds(TestRuns.Job.MaxRuntimeSeconds + 1) });
        await flow.FreezeAsync("research");
        var mover = Mover(flow);
        var watch = mover.Watch()!;
        var look = new JobProgress { JobName = flow.Call.Run.CurrentAttempt!.JobName, CapacityState = "", Status = "InProgress", SecondaryStatus = "Starting" };

        Assert.False(await mover.ShouldMoveAsync(watch, look, default));
        Assert.False(await mover.ShouldMoveAsync(watch, look, default));
        Assert.Null(flow.Call.Run.CurrentAttempt!.MovingTo);
        Assert.Single(await flow.EventsAsync(), kind => kind == "launch.move_frozen");

        await flow.Freezes.ReleaseAsync("research", "ben", "found it", default);
        Assert.True(await mover.ShouldMoveAsync(watch, look, default));
        Assert.Empty(flow.Jobs.Stopped);
    }

    // Submits, moves the job and submits its successor, as a launch does; a marker comes after the given number of reads.
    private static async Task<(int Reads, int CreatedWhileFrozen)> DriveAsync(int freezeAt)
    {
        using var flow = await FlowFixture.AppliedAsync();
        var (reads, seen) = (0, false);
        flow.State.OnRead = key =>
        {
            seen |= key == Marker && flow.State.Has(Marker);
            if (reads++ == freezeAt)
            {
                flow.State[Marker] = Frozen;
            }
        };
        flow.Jobs.OnCreate = _ => Assert.False(seen, $"created although the marker of moment {freezeAt} was read");
        flow.Jobs.OnStop = _ => Assert.False(seen, $"stopped for a successor although the marker of moment {freezeAt} was read");

        var refusal = await Record.ExceptionAsync(() => LaunchAsync(flow));
        var created = flow.Jobs.Created.Count;
        if (flow.State.Has(Marker) && created < 2)
        {
            Assert.True(refusal is null || (refusal is PipelineException gate && FreezeErrors.IsRefusal(gate.Code)), refusal?.ToString());
            Assert.True(flow.Call.Run.ClosedAt is null && !flow.Call.Run.State.CanClose(), $"{flow.Call.Run.State}");
        }

        flow.State.OnRead = _ => { };
        (flow.Jobs.OnCreate, flow.Jobs.OnStop) = (null, null);
        await flow.Freezes.ReleaseAsync(null, "ben", "found it", default);
        await LaunchAsync(flow);
        Assert.Equal(2, flow.Jobs.Created.Select(request => request.TrainingJobName).Distinct().Count());
        Assert.Equal(2, flow.Jobs.Created.Count);
        return (reads, created);
    }

    private static async Task LaunchAsync(FlowFixture flow)
    {
        if (flow.Call.Run.CurrentAttempt?.Number != 2)
        {
            if (flow.Call.Run.CurrentAttempt is not { Outcome: OutcomeKind.Moved })
            {
                await flow.Submission.RunAsync(default);
                await flow.UpdateAsync(run => run.WithCurrentAttempt(run.CurrentAttempt! with { MovingTo = Market.OnDemand, Status = "InProgress", Cost = new Usd(0.1m) }) with { DeadlineAt = TestRuns.Start.AddHours(2) });
                if (!await flow.Succession.MoveAsync(default))
                {
                    return;
                }
            }
        }

        await flow.Submission.RunAsync(default);
    }

    private static MarketMover Mover(FlowFixture flow) => new(flow.Call, flow.Account, flow.Succession);
}
