using BuildPipeline.Hosting;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Hosting;

public sealed class RunTransitionsTests
{
    // The states that a step can start in, and the one that it leaves a run in; null changes nothing.
    private static readonly Dictionary<RunStep, (RunState From, RunState UpTo, RunState? After)> Effects = new()
    {
        [RunStep.Plan] = (RunState.Started, RunState.Started, RunState.Planned),
        [RunStep.CostGate] = (RunState.Planned, RunState.Priced, RunState.Priced),
        [RunStep.Approve] = (RunState.Priced, RunState.Approved, RunState.Approved),
        [RunStep.Apply] = (RunState.Approved, RunState.Approved, RunState.Applied),
        [RunStep.Launch] = (RunState.Applied, RunState.Judged, RunState.Judged),
        [RunStep.Validate] = (RunState.Failed, RunState.ClosedValidated, null),
        [RunStep.Forecast] = (RunState.Planned, RunState.ClosedValidated, null),
        [RunStep.Summary] = (RunState.Started, RunState.ClosedValidated, null),
        [RunStep.Status] = (RunState.Started, RunState.ClosedValidated, null),
        [RunStep.Logs] = (RunState.Started, RunState.ClosedValidated, null),
        [RunStep.Verify] = (RunState.Started, RunState.ClosedValidated, null),
        [RunStep.Stop] = (RunState.Started, RunState.ClosedValidated, null),
    };

    [Fact]
    public void Given_EveryTargetOfARun_When_LookedUp_Then_ItHasACellForEveryState()
    {
        Assert.Equal(
            Targets.All.Select(target => target.Name).Where(name => TargetRequirements.Find(name) is { Run: not RunRequirement.None }).Order(),
            RunTransitions.Table.Keys.Order());
        Assert.All(RunTransitions.Table.Values, row => Assert.Equal(Enum.GetValues<RunState>().Length, row.Count));
    }

    [Fact]
    public void Given_EveryCell_When_ItsStepsAreTaken_Then_EachCanBeginAndNoneGoesBack()
    {
        foreach (var (target, before, transition) in Cells())
        {
            var state = before;
            foreach (var (from, upTo, after) in transition.Steps.Select(step => Effects[step]))
            {
                Assert.True(state >= from && state <= upTo, $"{target} in {before}: a step cannot begin in {state}");
                Assert.True(after is null || after >= state, $"{target} in {before}: goes back from {state} to {after}");
                state = after ?? state;
            }
        }
    }

    [Fact]
    public void Given_EveryCell_When_TheRunIsClosed_Then_NothingIsDoneThatChangesIt() => Assert.All(
        Cells().Where(cell => cell.State.IsClosed()),
        cell => Assert.All(cell.Transition.Steps, step => Assert.Null(Effects[step].After)));

    [Theory]
    [InlineData("Launch", RunState.Applied, "Launch", null)]
    [InlineData("Launch", RunState.Trained, "Launch", null)]
    [InlineData("Launch", RunState.ClosedValidated, "", null)]
    [InlineData("Resume", RunState.Applied, "", ExitCode.BadConfiguration)]
    [InlineData("Resume", RunState.Trained, "Launch", null)]
    [InlineData("Resume", RunState.ClosedFailed, "", null)]
    [InlineData("Apply", RunState.Applied, "", ExitCode.Done)]
    [InlineData("Plan", RunState.Priced, "", ExitCode.Done)]
    [InlineData("Validate", RunState.Launched, "", ExitCode.StillRunning)]
    [InlineData("Validate", RunState.Priced, "", ExitCode.BadConfiguration)]
    [InlineData("Launch", RunState.Planned, "CostGate,Approve,Apply,Launch", null)]
    public void Given_ATargetAndAState_When_LookedUp_Then_TheStepsAndTheExitCodeAreThese(string target, RunState state, string steps, ExitCode? exit)
    {
        var transition = RunTransitions.Find(target, state);

        Assert.Equal((steps, exit), (string.Join(',', transition.Steps), transition.Exit));
    }

    private static IEnumerable<(string Target, RunState State, Transition Transition)> Cells() =>
        from row in RunTransitions.Table
        from state in Enum.GetValues<RunState>()
        select (row.Key, state, RunTransitions.Find(row.Key, state));
}
