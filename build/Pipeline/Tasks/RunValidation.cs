using BuildPipeline.Evidence;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Judges the run by what is in S3.</summary>
public sealed class RunValidation(PipelineCall call, Validator validator)
{
    /// <summary>Validates the newest job of the run. Evidence that was judged before the run could be closed is taken as it is; a closed run keeps its result.</summary>
    /// <exception cref="PipelineException">The job did not complete (its own exit code), or a check does not hold (7).</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var run = call.Run;
        if (run.State == RunState.Failed)
        {
            throw JobFailure.Create(call.Hints, run);
        }

        var evidence = run.State == RunState.Judged
            ? run.Evidence!
            : await call.Console.RunWithStatusAsync("validate the evidence in S3", () => validator.ValidateAsync(run, cancellationToken));
        if (run.State == RunState.Trained)
        {
            await call.Session.UpdateAsync(
                "evidence.judged", current => current with { Evidence = evidence, Stage = RunStage.Validated }, new { evidence.Passed }, cancellationToken);
        }

        EvidenceView.Show(call.Console, evidence);
        if (!evidence.Passed)
        {
            var failed = string.Join(" ", evidence.Findings.Where(finding => !finding.Passed).Select(finding => finding.Detail));
            throw new PipelineException(EvidenceErrors.NotValid, $"The run did not pass validation: {failed}");
        }

        if (run.ClosedAt is not null)
        {
            call.Console.Done($"The evidence of run {run.RunId} is valid now. The run is closed, so its record and receipt do not change.");
        }
    }
}
