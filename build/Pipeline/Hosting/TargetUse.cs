namespace BuildPipeline.Hosting;

/// <summary>Which run a target works on.</summary>
public enum RunUse
{
    /// <summary>None.</summary>
    None,

    /// <summary>A new one, or with <c>--run</c> an earlier one.</summary>
    NewOrNamed,

    /// <summary>The newest one where its job has not ended, otherwise a new one; or with <c>--run</c> an earlier one.</summary>
    OpenOrNew,

    /// <summary>The newest one, or with <c>--run</c> an earlier one.</summary>
    Latest,
}

/// <summary>What a target needs before its first task.</summary>
/// <param name="Run">The run it works on.</param>
/// <param name="Lease">True where it changes the environment, so that no other process may.</param>
/// <param name="Summary">True where a summary is written at the end, however it ends.</param>
public sealed record TargetUse(RunUse Run, bool Lease, bool Summary)
{
    /// <summary>What that target needs; nothing, and no environment either, where it is not listed.</summary>
    public static TargetUse? Of(string? target) => target switch
    {
        "Plan" or "CostGate" or "Approve" or "Apply" => new(RunUse.NewOrNamed, Lease: true, Summary: true),
        "Forecast" => new(RunUse.NewOrNamed, Lease: true, Summary: false),
        "Launch" => new(RunUse.OpenOrNew, Lease: true, Summary: true),
        "Validate" => new(RunUse.Latest, Lease: true, Summary: true),
        "Summary" => new(RunUse.Latest, Lease: false, Summary: false),
        "Status" or "Stop" => new(RunUse.Latest, Lease: false, Summary: false),
        "Cleanup" => new(RunUse.None, Lease: true, Summary: false),
        _ => null,
    };
}
