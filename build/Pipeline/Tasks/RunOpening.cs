using BuildPipeline.Freezes;
using BuildPipeline.Runs;

namespace BuildPipeline.Tasks;

/// <summary>Opens the run of a target. What a freeze would refuse later is refused here, before it is planned and priced, and no new run starts.</summary>
public sealed class RunOpening(PipelineCall call, RunInitializer initializer, SpendGate gate, EnvironmentFiles files)
{
    /// <inheritdoc cref="RunInitializer.OpenAsync"/>
    public Task OpenAsync(TargetRequirements use, CancellationToken cancellationToken) =>
        initializer.OpenAsync(use, known => RequireOpenAsync(known, cancellationToken), cancellationToken);

    // Each step asks again: somebody may freeze meanwhile.
    private Task RequireOpenAsync(RunRecord? known, CancellationToken cancellationToken) =>
        RunTransitions.Find(call.Options.Target!, known?.State ?? RunState.Started).Steps.Contains(RunStep.Apply)
            ? gate.RequireOpenAsync(known?.Job?.Team ?? files.Team, known?.RunId, cancellationToken)
            : Task.CompletedTask;
}
