using BuildPipeline.Freezes;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;

namespace BuildPipeline.Tasks;

/// <summary>Opens the run of a target. A job without a file, and what a freeze would refuse later, is refused before it is planned and priced, and no new run starts.</summary>
public sealed class RunOpening(PipelineCall call, RunInitializer initializer, SpendGate gate, FreezeReport freezes, EnvironmentFiles files)
{
    /// <inheritdoc cref="RunInitializer.OpenAsync"/>
    public async Task OpenAsync(TargetRequirements use, CancellationToken cancellationToken)
    {
        try
        {
            await initializer.OpenAsync(use, known => RequireOpenAsync(known, cancellationToken), cancellationToken);
        }
        catch (PipelineException exception) when (exception.Code == RunErrors.NoRun && call.Options is { Target: "Status", Offline: false })
        {
            await ShowFreezesAsync(cancellationToken);
            throw;
        }
    }

    // An environment can be frozen before its first run.
    private async Task ShowFreezesAsync(CancellationToken cancellationToken)
    {
        var reading = await freezes.ReadAsync(run: null, cancellationToken);
        foreach (var sentence in reading.Sentences.Concat(reading.Others.Select(other => other.Describe()!)))
        {
            call.Console.Warn(sentence);
        }
    }

    // Each step asks again: somebody may freeze meanwhile.
    private Task RequireOpenAsync(RunRecord? known, CancellationToken cancellationToken)
    {
        if (known is null)
        {
            files.RequireJobFile();
        }

        return RunTransitions.Find(call.Options.Target!, known?.State ?? RunState.Started).Steps.Contains(RunStep.Apply)
            ? gate.RequireOpenAsync(known?.Job?.Team ?? files.Team, known?.RunId, cancellationToken)
            : Task.CompletedTask;
    }
}
