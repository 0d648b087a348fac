using BuildPipeline.Cli;

namespace BuildPipeline.Tasks;

/// <summary>Which run a target works on where <c>--run</c> names none.</summary>
public enum RunRequirement
{
    /// <summary>None.</summary>
    None,

    /// <summary>A new one.</summary>
    New,

    /// <summary>The open one; a new one where none is open.</summary>
    OpenOrNew,

    /// <summary>The open one; the newest that was launched where none is open.</summary>
    OpenOrLaunched,

    /// <summary>The open one; the newest of all where none is open.</summary>
    OpenOrNewest,

    /// <summary>The open one, or none.</summary>
    Open,
}

/// <summary>What a target needs before its first task.</summary>
/// <param name="Run">The run it works on.</param>
/// <param name="Lease">What keeps others away from the run and its environment.</param>
/// <param name="Summary">True if a summary is written at the end, however it ends.</param>
public sealed record TargetRequirements(RunRequirement Run, LeaseRequirement Lease, bool Summary)
{
    /// <summary>What the target of a call needs: on a sweep, no run of its own.</summary>
    public static TargetRequirements? Find(PipelineOptions options) =>
        options.IsSweep ? new(RunRequirement.None, LeaseRequirement.None, Summary: false) : Find(options.Target, options.All);

    /// <summary>What that target needs; nothing, and no environment either, where it is not listed.</summary>
    /// <param name="target">Name of the target.</param>
    /// <param name="all">True for Stop with --all: the jobs of every run need none.</param>
    public static TargetRequirements? Find(string? target, bool all = false) => target switch
    {
        "Stop" when all => new(RunRequirement.None, LeaseRequirement.None, Summary: false),
        "Plan" or "CostGate" or "Approve" => new(RunRequirement.New, LeaseRequirement.Optional, Summary: true),
        "Forecast" => new(RunRequirement.New, LeaseRequirement.Optional, Summary: false),
        "Apply" => new(RunRequirement.New, LeaseRequirement.Required, Summary: true),
        "Launch" => new(RunRequirement.OpenOrNew, LeaseRequirement.Required, Summary: true),
        "Resume" => new(RunRequirement.Open, LeaseRequirement.Required, Summary: true),
        "Validate" => new(RunRequirement.OpenOrLaunched, LeaseRequirement.Required, Summary: true),
        "Summary" or "Status" or "Logs" or "Verify" => new(RunRequirement.OpenOrNewest, LeaseRequirement.None, Summary: false),
        "Stop" => new(RunRequirement.Open, LeaseRequirement.None, Summary: false),
        "Bootstrap" or "Doctor" or "Freeze" or "Unfreeze" or "History" or "Compare" or "Watch" or "Comment" => new(RunRequirement.None, LeaseRequirement.None, Summary: false),
        "Cleanup" => new(RunRequirement.None, LeaseRequirement.TakeOver, Summary: false),
        _ => null,
    };
}

/// <summary>What keeps others away while a target runs.</summary>
public enum LeaseRequirement
{
    /// <summary>Nothing: the target changes neither a run nor the environment.</summary>
    None,

    /// <summary>The lease of the run, where the credentials may write it: the target changes a run, and nothing in the environment.</summary>
    Optional,

    /// <summary>The lease of the run, and that of the environment while terraform works.</summary>
    Required,

    /// <summary>The lease of the environment, which is taken from its holder, and so are those of all runs: the target stops everything.</summary>
    TakeOver,
}
