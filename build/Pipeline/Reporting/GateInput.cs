using BuildPipeline.Budgets;
using BuildPipeline.Checkpoints;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Runs;
using BuildPipeline.Terraform;

namespace BuildPipeline.Reporting;

/// <summary>What the cost gate decides on, for rules of others: <c>gate-input.json</c>, docs/reference/gate-input.schema.json. It has no values of resources, so no secrets of theirs.</summary>
public sealed record GateInput
{
    /// <summary>Version of the schema that this program writes.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Version of the schema of this document.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The Terraform environment.</summary>
    public required string Environment { get; init; }

    /// <summary>The team that pays.</summary>
    public required string Team { get; init; }

    /// <summary>Name of the job; null is the job of the environment's own file.</summary>
    public string? JobFile { get; init; }

    /// <summary>Commit of the checkout; null if there is none.</summary>
    public string? Commit { get; init; }

    /// <summary>True if the files differed from <see cref="Commit"/>; null if there is no commit.</summary>
    public bool? UncommittedChanges { get; init; }

    /// <summary>What Terraform would do.</summary>
    public required GatePlan Plan { get; init; }

    /// <summary>The job as planned.</summary>
    public required TrainingJobSpec Job { get; init; }

    /// <summary>Market policy, deadline and answer to stalls.</summary>
    public required RunTerms Terms { get; init; }

    /// <summary>The figures of the gate, and what it decided.</summary>
    public required GateCost Cost { get; init; }

    /// <summary>The prices and assumptions, each with its source and date.</summary>
    public required IReadOnlyList<PriceInput> Prices { get; init; }

    /// <summary>How the job probably goes; null if nothing is launched.</summary>
    public CostSimulationRecord? Forecast { get; init; }

    /// <summary>The balance of the team; null if no team has limits.</summary>
    public TeamBudget? Budget { get; init; }

    /// <summary>Hashes that an approval covers.</summary>
    public required GateContent Content { get; init; }

    /// <summary>The document of a priced run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="content">The hashes as of now.</param>
    public static GateInput Create(RunRecord run, GateContent content)
    {
        var (plan, job, cost) = (run.Plan!, run.Job!, run.Cost!);
        return new GateInput
        {
            RunId = run.RunId,
            Environment = run.Environment,
            Team = job.Team,
            JobFile = run.JobFile,
            Commit = run.Commit,
            UncommittedChanges = run.UncommittedChanges,
            Plan = GatePlan.From(plan),
            Job = job,
            Terms = run.TermsWith(),
            Cost = GateCost.From(cost),
            Prices = cost.Prices.Inputs,
            Forecast = cost.CostSimulation,
            Budget = cost.Team,
            Content = content,
        };
    }
}

/// <summary>What Terraform would do.</summary>
/// <param name="TerraformVersion">Version of the terraform that planned.</param>
/// <param name="PlannedAt">When the plan was made.</param>
/// <param name="Add">Resources to add.</param>
/// <param name="Change">Resources to change in place.</param>
/// <param name="Destroy">Resources to destroy.</param>
/// <param name="Changes">The resources that change, by action and type.</param>
public sealed record GatePlan(string TerraformVersion, DateTimeOffset PlannedAt, int Add, int Change, int Destroy, IReadOnlyList<GateChange> Changes)
{
    /// <summary>The summary of a plan.</summary>
    public static GatePlan From(PlanRecord plan) => new(
        plan.TerraformVersion, plan.PlannedAt, plan.Add, plan.Change, plan.Destroy,
        [.. plan.Resources.Where(resource => resource.Action != "no-op").GroupBy(resource => (resource.Action, resource.Type))
            .OrderBy(same => same.Key.Action, StringComparer.Ordinal).ThenBy(same => same.Key.Type, StringComparer.Ordinal)
            .Select(same => new GateChange(same.Key.Action, same.Key.Type, [.. same.Select(resource => resource.Address).Order(StringComparer.Ordinal)]))]);
}

/// <summary>Resources of one type that Terraform would change in the same way.</summary>
/// <param name="Action"><c>create</c>, <c>update</c>, <c>replace</c> or <c>delete</c>.</param>
/// <param name="Type">Terraform type.</param>
/// <param name="Addresses">Terraform addresses.</param>
public sealed record GateChange(string Action, string Type, IReadOnlyList<string> Addresses);

/// <summary>The figures of the gate, dollars; null is unknown.</summary>
public sealed record GateCost
{
    /// <summary>What the run will probably cost.</summary>
    public Usd? Expected { get; init; }

    /// <summary>Nine runs in ten cost at most this.</summary>
    public Usd? P90 { get; init; }

    /// <summary>The most that the run can cost.</summary>
    public Usd? Ceiling { get; init; }

    /// <summary>Per-run limit.</summary>
    public required Usd MaxRunCostUsd { get; init; }

    /// <summary>What each node option costs, the job's own instance type first.</summary>
    public required IReadOnlyList<NodeOptionCost> NodeOptions { get; init; }

    /// <summary>The lines behind the figures.</summary>
    public required IReadOnlyList<CostLine> Lines { get; init; }

    /// <summary>How often the job is asked to save; null if nothing is launched.</summary>
    public CheckpointChoice? Checkpoints { get; init; }

    /// <summary>The service quotas that bind the job, as far as they could be read.</summary>
    public required IReadOnlyList<QuotaUse> Quotas { get; init; }

    /// <summary>What the gate itself decided.</summary>
    public required GateVerdict Verdict { get; init; }

    /// <summary>One sentence for each thing that led to it.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>When the figures were made.</summary>
    public required DateTimeOffset PricedAt { get; init; }

    /// <summary>The figures of a price.</summary>
    public static GateCost From(CostRecord cost) => new()
    {
        Expected = cost.Expected,
        P90 = cost.P90,
        Ceiling = cost.Ceiling,
        MaxRunCostUsd = cost.MaxRunCostUsd,
        NodeOptions = cost.NodeOptions,
        Lines = cost.Lines,
        Checkpoints = cost.Checkpoints,
        Quotas = cost.Quotas,
        Verdict = cost.Verdict,
        Reasons = cost.Reasons,
        PricedAt = cost.PricedAt,
    };
}

/// <summary>Hashes that an approval covers, SHA-256, hex.</summary>
/// <param name="PlanSha256">The saved plan.</param>
/// <param name="ConfigurationSha256">Terraform's files and variables; null if the run did not record them.</param>
/// <param name="SourceSha256">The training program's files.</param>
/// <param name="DataSha256">The files of each channel that the pipeline uploads.</param>
/// <param name="PricesSha256">The prices.</param>
public sealed record GateContent(string PlanSha256, string? ConfigurationSha256, string SourceSha256, IReadOnlyDictionary<string, string> DataSha256, string PricesSha256);
