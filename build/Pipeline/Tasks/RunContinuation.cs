using System.Text.Json.Nodes;
using BuildPipeline.Aws;
using BuildPipeline.Runs;
using BuildPipeline.Terraform;

namespace BuildPipeline.Tasks;

/// <summary>Whether a run can be taken further with its saved plan, or a new run is needed.</summary>
public sealed class RunContinuation(PipelineCall call, EnvironmentFiles files, S3Documents documents, LeftoverSearch leftovers)
{
    /// <summary>The command that takes a run further, or starts a new one where the run cannot be; null for a closed run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="offline">True to decide without the account.</param>
    public async Task<string?> CommandAsync(RunRecord run, bool offline, CancellationToken cancellationToken)
    {
        var next = NextSteps.From(run, leftovers.IsPartlyApplied(run));
        next = next == NextStep.Continue && !offline && !run.IsOpen && run.Stage < RunStage.Applied && await IsStaleAsync(run, cancellationToken) ? NextStep.StartNew : next;
        return Command(call.Hints, next, run.RunId, run.CurrentAttempt?.JobName);
    }

    /// <summary>The command of a next step; null if there is none.</summary>
    /// <param name="hints">Writes commands.</param>
    /// <param name="next">The step.</param>
    /// <param name="runId">The run.</param>
    /// <param name="jobName">Its newest training job; null if it has none.</param>
    public static string? Command(CommandHints hints, NextStep next, string runId, string? jobName) => next switch
    {
        NextStep.None => null,
        NextStep.Validate => hints.For("Validate", $"--adopt={jobName}"),
        NextStep.StartNew => hints.For("Launch"),
        _ => hints.For("Launch", $"--run={runId}"),
    };

    /// <summary>Refuses to apply a plan that terraform would not apply, or not apply again.</summary>
    /// <exception cref="PipelineException">A part of it is applied (exit code 2), or the state changed since the plan was made (4).</exception>
    public async Task RequireApplicableAsync(CancellationToken cancellationToken)
    {
        if (leftovers.IsPartlyApplied(call.Run))
        {
            throw new PipelineException(
                TerraformErrors.ApplyUnfinished,
                $"The apply of run {call.Run.RunId} did not finish, so its plan cannot be applied again. A new run adopts what was created. Start one with:\n  {call.Hints.For("Launch")}");
        }

        if (await IsStaleAsync(call.Run, cancellationToken))
        {
            throw new PipelineException(
                TerraformErrors.StalePlan,
                $"The infrastructure changed after run {call.Run.RunId} was planned, so its plan and its approval are void. Start a new run with:\n  {call.Hints.For("Launch")}");
        }
    }

    private async Task<bool> IsStaleAsync(RunRecord run, CancellationToken cancellationToken)
    {
        if (run.Plan is null || StateVersion.OfPlan(call.Session.Store.PathOf(run.RunId, RunFiles.Plan)) is not { } planned)
        {
            return false;
        }

        var state = await documents.ReadAsync<JsonObject>(files.StateKey, "Terraform state", cancellationToken);
        return !StateVersion.Of(state.Value).Takes(planned);
    }
}
