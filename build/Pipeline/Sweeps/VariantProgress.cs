using BuildPipeline.Runs;

namespace BuildPipeline.Sweeps;

/// <summary>How far a variant is.</summary>
public enum VariantState
{
    /// <summary>No job of it was submitted.</summary>
    Waiting,

    /// <summary>A job of it was or may have been submitted, and its run is not closed.</summary>
    Running,

    /// <summary>Its run is closed.</summary>
    Ended,
}

/// <summary>A variant, as far as it matters for what is started next.</summary>
/// <param name="RunId">Its run.</param>
/// <param name="Ceiling">The most that it may cost, dollars.</param>
/// <param name="State">How far it is.</param>
/// <param name="Spent">Dollars of all its jobs once it has ended; null if that is not known.</param>
public sealed record VariantProgress(string RunId, Usd Ceiling, VariantState State, Usd? Spent = null)
{
    /// <summary>What is set aside for it: what it has cost, or its ceiling as long as that is not known for good.</summary>
    public Usd Committed => State == VariantState.Ended && Spent is { } spent ? spent : Ceiling;

    /// <summary>A variant by the record of its run.</summary>
    public static VariantProgress From(SweepPart part, RunRecord run) => run switch
    {
        { ClosedAt: not null } => new(part.RunId, part.Ceiling, VariantState.Ended, run.ActualCost),
        { IsOpen: true } => new(part.RunId, part.Ceiling, VariantState.Running),
        _ => new(part.RunId, part.Ceiling, VariantState.Waiting),
    };
}
