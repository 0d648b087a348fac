namespace BuildPipeline.Sweeps;

/// <summary>Works on one variant's run in a process of its own.</summary>
public interface IVariantProcess
{
    /// <summary>Plans and prices the variant, as <c>--target=CostGate</c> does.</summary>
    /// <returns>How it ended.</returns>
    Task<ExitCode> PriceAsync(SweepRecord sweep, SweepVariant variant, CancellationToken cancellationToken);

    /// <summary>Applies, submits, follows and validates the approved variant, as <c>--target=Launch</c> does, for some minutes at most.</summary>
    /// <returns>How it ended: <see cref="ExitCode.StillRunning"/> where the job runs on, or another process drives the run.</returns>
    Task<ExitCode> LaunchAsync(SweepRecord sweep, SweepVariant variant, CancellationToken cancellationToken);
}
