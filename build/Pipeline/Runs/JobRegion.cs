using BuildPipeline.Accounts;

namespace BuildPipeline.Runs;

/// <summary>The region of the run's job, once the run has a plan.</summary>
public sealed class JobRegion(RunSession session) : IRegion
{
    /// <inheritdoc/>
    public string? Name => session.Current?.Job?.Region;
}
