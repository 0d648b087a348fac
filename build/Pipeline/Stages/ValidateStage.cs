using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Stages;

/// <summary>Judges the run by what lies in S3.</summary>
public sealed class ValidateStage(RunSession session, Validator validator, IAnsiConsole console)
{
    /// <summary>Validates the newest job of the run.</summary>
    /// <exception cref="PipelineException">There is no ended job (2), or a check does not hold (7).</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (session.Run.CurrentAttempt is not { Outcome: not null })
        {
            throw new PipelineException(
                ExitCode.BadConfiguration, $"Run {session.Run.RunId} has no ended training job to validate; finish it with --target=Launch --run={session.Run.RunId}.");
        }

        var evidence = await console.WorkAsync("validate the evidence in S3", () => validator.ValidateAsync(session.Run, cancellationToken));
        session.Update("evidence.judged", run => run with { Evidence = evidence, Stage = RunStage.Validated }, new { evidence.Passed });
        EvidenceView.Show(console, evidence);
        if (!evidence.Passed)
        {
            var failed = string.Join(" ", evidence.Findings.Where(finding => !finding.Passed).Select(finding => finding.Detail));
            throw new PipelineException(ExitCode.ValidationFailed, $"The run did not pass validation: {failed}");
        }
    }
}
