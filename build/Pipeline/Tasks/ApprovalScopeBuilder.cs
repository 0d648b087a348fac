using BuildPipeline.Approvals;
using BuildPipeline.Cli;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Reporting;
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

/// <summary>Reads what an approval binds from where it is used: the plan file, the configuration, the program, the data, the findings of rules; the prices are those that the run keeps.</summary>
public sealed class ApprovalScopeBuilder(PipelineOptions options, RunSession session, PolicyGate policies)
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

    /// <summary>Writes what the gate decides on, for rules of others.</summary>
    /// <param name="cost">The price.</param>
    /// <param name="content">Program and data as they are now.</param>
    public void WriteGateInput(CostRecord cost, RunContent content) => policies.Write(ReadContent(cost, content));

    /// <summary>The subject as of now.</summary>
    /// <param name="job">The job as planned.</param>
    /// <param name="cost">Its price; the ceiling has to be known.</param>
    /// <param name="content">Program and data as they are now.</param>
    /// <param name="cancellationToken">Ends the rules' program.</param>
    /// <exception cref="PipelineException">A rule denies the run, or the rules' program does not do what it should (exit code 3).</exception>
    public async Task<ApprovalSubject> ReadAsync(TrainingJobSpec job, CostRecord cost, RunContent content, CancellationToken cancellationToken)
    {
        var now = ReadContent(cost, content);
        return new()
        {
            RunId = session.Run.RunId,
            Environment = session.Run.Environment,
            PlanSha256 = now.PlanSha256,
            PlanContentSha256 = session.Run.Plan!.ContentSha256,
            Job = job,
            Terms = session.Run.TermsWith(),
            ConfigurationSha256 = now.ConfigurationSha256,
            SourceSha256 = now.SourceSha256,
            DataSha256 = now.DataSha256,
            PricesSha256 = now.PricesSha256,
            Policy = await policies.CheckAsync(now, cancellationToken),
            Ceiling = cost.Ceiling!.Value.RoundedUpToCents(),
            ExpiresAt = cost.PricedAt + Validity,
        };
    }

    /// <summary>SHA-256 of the saved plan that was put up for approval, where the run's plan is that one, or was made anew and does nothing else.</summary>
    public string ReadPlan()
    {
        var sha256 = TerraformDocuments.Sha256(session.PathOf(RunFiles.Plan));
        return session.Run.Plan is { ApprovedSha256: { } approved } renewed && renewed.PlanSha256 == sha256 ? approved : sha256;
    }

    private GateContent ReadContent(CostRecord cost, RunContent content) => new(
        ReadPlan(), ReadConfiguration()?.Sha256(), content.Program.Sha256,
        content.Data.Where(data => data.Sha256 is not null).ToDictionary(data => data.Channel, data => data.Sha256!), cost.Prices.Sha256);
}
