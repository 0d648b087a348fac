using BuildPipeline.Runs;

namespace BuildPipeline.Tasks;

/// <summary>Whether a run can be taken further with its saved plan, or a new run is needed.</summary>
public sealed class RunContinuation(PipelineCall call)
{
    /// <summary>The command that takes a run further, or starts a new one where the run cannot be; null for a closed run.</summary>
    /// <param name="run">The run.</param>
    public string? Command(RunRecord run) =>
        Command(call.Hints, NextSteps.From(run), run.RunId, run.JobFile, run.CurrentAttempt?.JobName);

    /// <summary>The command of a next step; null if there is none.</summary>
    /// <param name="hints">Writes commands.</param>
    /// <param name="next">The step.</param>
    /// <param name="runId">The run.</param>
    /// <param name="jobFile">Name of its job; null is the job of the environment's own file.</param>
    /// <param name="trainingJob">Its newest training job; null if it has none.</param>
    public static string? Command(CommandHints hints, NextStep next, string runId, string? jobFile, string? trainingJob) => next switch
    {
        NextStep.None => null,
        NextStep.Validate => hints.For("Validate", $"--adopt={trainingJob}"),
        NextStep.StartNew => NewRun(hints, jobFile),
        _ => hints.For("Launch", [$"--run={runId}", .. JobOf(jobFile)]),
    };

    /// <summary>The command that starts a new run of the same job.</summary>
    /// <param name="hints">Writes commands.</param>
    /// <param name="jobFile">Name of the job; null is the job of the environment's own file.</param>
    public static string NewRun(CommandHints hints, string? jobFile) => hints.For("Launch", JobOf(jobFile));

    private static string[] JobOf(string? jobFile) => jobFile is null ? [] : [$"--job={jobFile}"];
}
