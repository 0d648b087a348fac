using BuildPipeline.Hosting;
using BuildPipeline.Runs;
using BuildPipeline.Terraform;
using BuildPipeline.Training;

namespace BuildPipeline.Stages;

/// <summary>Reads what an approval binds from where it really lies: the plan file, the sources, the data; the prices are those that the run keeps.</summary>
public sealed class SubjectReader(PipelineOptions options, RunSession session)
{
    /// <summary>How long an approval holds after the gate: long enough for a reviewer in another time zone.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromHours(24);

    /// <summary>The folder whose content runs on the nodes.</summary>
    public string SourceFolder => Path.Combine(options.RepositoryRoot, "training");

    /// <summary>The subject as of now.</summary>
    /// <param name="job">The job as planned.</param>
    /// <param name="cost">Its price; the ceiling has to be known.</param>
    public async Task<ApprovalSubject> ReadAsync(TrainingJobSpec job, CostRecord cost, CancellationToken cancellationToken) => new()
    {
        RunId = session.Run.RunId,
        Environment = session.Run.Environment,
        PlanSha256 = TerraformDocuments.Sha256(session.PathOf(RunFiles.Plan)),
        Job = job,
        SourceSha256 = (await SourceBundle.ReadAsync(SourceFolder, cancellationToken)).Sha256,
        DataSha256 = (await TrainingData.InspectAsync(job, options.RepositoryRoot, cancellationToken))
            .Where(data => data.Sha256 is not null).ToDictionary(data => data.Channel, data => data.Sha256!),
        PricesSha256 = cost.Prices.Sha256,
        Ceiling = cost.Ceiling!.Value.RoundedUpToCents(),
        ExpiresAt = cost.PricedAt + Validity,
    };
}
