using BuildPipeline.Runs;

namespace BuildPipeline.Tasks;

/// <summary>Whether a run can be taken further with its saved plan, or a new run is needed.</summary>
public sealed class RunContinuation(PipelineCall call, LeftoverSearch leftovers)
{
    /// <summary>The command that takes a run further, or starts a new one where the run cannot be; null for a closed run.</summary>
    /// <param name="run">The run.</param>
    public string? Command(RunRecord run) => NextSteps.From(run, leftovers.IsPartlyApplied(run)) is NextStep.StartNew && run.JobFile is { } job
        ? call.Hints.For("Launch", $"--job={job}")
        : Command(call.Hints, NextSteps.From(run, leftovers.IsPartlyApplied(run)), run.RunId, run.CurrentAttempt?.JobName);

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
}
