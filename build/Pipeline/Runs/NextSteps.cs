using BuildPipeline.Approvals;
using BuildPipeline.Terraform;

namespace BuildPipeline.Runs;

/// <summary>What can follow on a run.</summary>
public enum NextStep
{
    /// <summary>Nothing: the run is closed.</summary>
    None,

    /// <summary>The run can be continued.</summary>
    Continue,

    /// <summary>The run only observes a job: its evidence can be judged.</summary>
    Validate,

    /// <summary>The plan of the run can only be refused again: a new run is needed.</summary>
    StartNew,
}

/// <summary>Decides what can follow on a run, by its record alone.</summary>
public static class NextSteps
{
    // After these, the same plan can only be refused again.
    private static readonly string[] Final =
    [
        .. new[]
        {
            TerraformErrors.StalePlan, ApprovalErrors.Void, ApprovalErrors.Expired, ApprovalErrors.ConfigurationChanged,
            ApprovalErrors.JobDiffers,
        }.Select(error => error.Id),
    ];

    /// <summary>What can follow.</summary>
    /// <param name="run">The run.</param>
    public static NextStep From(RunRecord run) =>
        run.State.IsClosed() ? NextStep.None
        : run.Adopted is not null ? NextStep.Validate
        : !run.IsOpen && run.Stage < RunStage.Applied && (run.ApprovalExpiredAt is not null || Final.Contains(run.ErrorId)) ? NextStep.StartNew
        : NextStep.Continue;
}
