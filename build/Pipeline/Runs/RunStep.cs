namespace BuildPipeline.Runs;

/// <summary>A step that a target takes with a run.</summary>
public enum RunStep
{
    /// <summary>Lets Terraform plan.</summary>
    Plan,

    /// <summary>Compares what the planned job costs elsewhere.</summary>
    Forecast,

    /// <summary>Prices the plan.</summary>
    CostGate,

    /// <summary>Gets the approval, or checks the one that the run has.</summary>
    Approve,

    /// <summary>Applies the approved plan.</summary>
    Apply,

    /// <summary>Submits or finds the job, follows it and validates it.</summary>
    Launch,

    /// <summary>Judges the evidence.</summary>
    Validate,

    /// <summary>Writes and posts the receipt.</summary>
    Summary,

    /// <summary>Shows the log of a training job.</summary>
    Logs,

    /// <summary>Shows the run.</summary>
    Status,

    /// <summary>Checks the approval, offline.</summary>
    Verify,

    /// <summary>Stops the job.</summary>
    Stop,
}
