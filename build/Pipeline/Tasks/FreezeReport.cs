using BuildPipeline.Freezes;
using BuildPipeline.Runs;

namespace BuildPipeline.Tasks;

/// <summary>Reads for Status what is frozen, of a run or of an environment that has none.</summary>
public sealed class FreezeReport(FreezeNotice notice, EnvironmentFiles files)
{
    /// <summary>Reads it; what cannot be read is a notice.</summary>
    /// <param name="run">The run; null if there is none. What is not planned yet has team and names of the environment's files.</param>
    public Task<FreezeReading> ReadAsync(RunRecord? run, CancellationToken cancellationToken) =>
        notice.ReadAllAsync(run?.Job?.Team ?? files.Team, run?.Job?.Name ?? files.ResourcePrefix, files.HasKeeper, cancellationToken);
}
