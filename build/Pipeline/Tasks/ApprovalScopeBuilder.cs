using BuildPipeline.Approvals;
using BuildPipeline.Cli;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Terraform;
using BuildPipeline.Uploads;

namespace BuildPipeline.Tasks;

/// <summary>What a run would upload.</summary>
/// <param name="Program">The training program.</param>
/// <param name="Data">The data of each channel.</param>
public sealed record RunContent(ContentManifest Program, IReadOnlyList<TrainingData> Data)
{
    /// <summary>Bytes that go to the artifact bucket.</summary>
    public long Bytes => Program.Bytes + Data.Sum(data => data.Folder?.Bytes ?? 0);
}

/// <summary>Reads what an approval binds from where it is used: the plan file, the configuration, the program, the data; the prices are those that the run keeps.</summary>
public sealed class ApprovalScopeBuilder(PipelineOptions options, RunSession session)
{
    /// <summary>How long an approval holds after the gate: long enough for a reviewer in another time zone.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromHours(24);

    /// <summary>Reads program and data as they are now.</summary>
    /// <exception cref="PipelineException">A folder is missing or cannot be taken along (exit code 2).</exception>
    public async Task<RunContent> ReadContentAsync(TrainingJobSpec job, CancellationToken cancellationToken) => new(
        await SourceBundle.ReadAsync(Path.GetFullPath(job.SourceDir ?? "training", options.RepositoryRoot), cancellationToken),
        await TrainingData.InspectAsync(job, options.RepositoryRoot, cancellationToken));

    /// <summary>The configuration as it is now; null if the run did not record it.</summary>
    public ConfigurationRecord? ReadConfiguration() => session.Run.Plan!.Configuration is { } planned
        ? ConfigurationFiles.ReadAgain(planned, options.RepositoryRoot, session.Run.Environment, session.Run.JobFile) with { Lock = planned.Lock is null ? null : ProviderLock.Read(session.PathOf(RunFiles.ProviderLock)) }
        : null;

    /// <summary>The subject as of now.</summary>
    /// <param name="job">The job as planned.</param>
    /// <param name="cost">Its price; the ceiling has to be known.</param>
    /// <param name="content">Program and data as they are now.</param>
    public ApprovalSubject Read(TrainingJobSpec job, CostRecord cost, RunContent content) => new()
    {
        RunId = session.Run.RunId,
        Environment = session.Run.Environment,
        PlanSha256 = ReadPlan(),
        Job = job,
        Terms = session.Run.TermsWith(),
        ConfigurationSha256 = ReadConfiguration()?.Sha256(),
        SourceSha256 = content.Program.Sha256,
        DataSha256 = content.Data.Where(data => data.Sha256 is not null).ToDictionary(data => data.Channel, data => data.Sha256!),
        PricesSha256 = cost.Prices.Sha256,
        Ceiling = cost.Ceiling!.Value.RoundedUpToCents(),
        ExpiresAt = cost.PricedAt + Validity,
    };

    /// <summary>SHA-256 of the saved plan that was put up for approval, where the run's plan is that one, or was made anew and does nothing else.</summary>
    public string ReadPlan()
    {
        var sha256 = TerraformDocuments.Sha256(session.PathOf(RunFiles.Plan));
        return session.Run.Plan is { ApprovedSha256: { } approved } renewed && renewed.PlanSha256 == sha256 ? approved : sha256;
    }
}
