using System.Text.Json.Serialization;

namespace BuildPipeline.Budgets;

/// <summary>What runs of a team have taken of its budget: the document <c>ledger/TEAM.json</c>.</summary>
public sealed record TeamLedger
{
    /// <summary>Format of this document.</summary>
    public string Format { get; init; } = "team-ledger/1";

    /// <summary>The team.</summary>
    public required string Team { get; init; }

    /// <summary>One entry a run, oldest first; closed ones are kept for the month they count in and the one after.</summary>
    public IReadOnlyList<LedgerEntry> Entries { get; init; } = [];

    /// <summary>The entry of a run; null if it has none.</summary>
    public LedgerEntry? Find(string runId) => Entries.FirstOrDefault(entry => entry.RunId == runId);

    /// <summary>This ledger with the run's entry added or replaced, and without closed entries that count no longer.</summary>
    public TeamLedger With(LedgerEntry entry, DateTimeOffset now) => this with
    {
        Entries =
        [
            .. Entries.Where(other => other.RunId != entry.RunId && (other.IsOpen || other.ReservedAt > now.AddMonths(-2))),
            entry,
        ],
    };

    /// <summary>The team's balance without one run, and what that run asks for.</summary>
    /// <param name="request">The run.</param>
    /// <param name="now">The ledger's clock.</param>
    public TeamBudget BudgetFor(BudgetRequest request, DateTimeOffset now)
    {
        var month = MonthOf(now);
        var others = Entries.Where(entry => entry.RunId != request.RunId).ToList();
        var counted = others.Where(entry => MonthOf(entry.ReservedAt) == month).ToList();
        BudgetAmounts Sum(bool open) => counted.Where(entry => entry.IsOpen == open).Aggregate(BudgetAmounts.None, (sum, entry) => sum + entry.Amounts);
        return new TeamBudget(
            Team,
            request.Limits,
            month,
            Sum(open: false),
            Sum(open: true) with { Nodes = others.Where(entry => entry.IsOpen).Sum(entry => entry.Amounts.Nodes) },
            request.Requested);
    }

    /// <summary>What runs have spent or reserved in the calendar month of a moment.</summary>
    public BudgetAmounts TakenAt(DateTimeOffset now) => Entries.Where(entry => MonthOf(entry.ReservedAt) == MonthOf(now))
        .Aggregate(BudgetAmounts.None, (sum, entry) => sum + entry.Amounts);

    private static string MonthOf(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What one run has taken of its team's budget.</summary>
public sealed record LedgerEntry
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>Digest of what was approved.</summary>
    public required string Digest { get; init; }

    /// <summary>The Terraform environment.</summary>
    public required string Environment { get; init; }

    /// <summary>AWS account of its jobs; null if it was not known.</summary>
    public string? Account { get; init; }

    /// <summary>AWS region of its jobs.</summary>
    public required string Region { get; init; }

    /// <summary>What the names of its training jobs start with.</summary>
    public required string JobName { get; init; }

    /// <summary>Instance type of its nodes on the first node option.</summary>
    public required string InstanceType { get; init; }

    /// <summary>GPUs of all its nodes.</summary>
    public required int Gpus { get; init; }

    /// <summary>On-demand rate of all its nodes, dollars an hour.</summary>
    public required Usd UsdPerHour { get; init; }

    /// <summary>The further node options.</summary>
    [JsonPropertyName("ladder")] // as in the ledgers that older versions wrote
    public IReadOnlyList<LedgerNodeOption> Fallbacks { get; init; } = [];

    /// <summary>Reserved while it is open, spent once it is closed.</summary>
    public required BudgetAmounts Amounts { get; init; }

    /// <summary>When it was reserved, by the ledger's clock; decides the month it counts in.</summary>
    public required DateTimeOffset ReservedAt { get; init; }

    /// <summary>Until when the run is taken to be alive without a further sign.</summary>
    public required DateTimeOffset LeaseUntil { get; init; }

    /// <summary>When it was settled or released; null while it is reserved.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>True while it is reserved.</summary>
    public bool IsOpen => ClosedAt is null;

    /// <summary>GPUs and on-demand rate of all nodes of one of its jobs; null if no node option has such nodes.</summary>
    /// <param name="instanceType">Instance type of the job.</param>
    /// <param name="instanceCount">Its nodes.</param>
    public (int Gpus, Usd UsdPerHour)? NodesOf(string? instanceType, int? instanceCount) =>
        Fallbacks.FirstOrDefault(nodeOption => nodeOption.InstanceType == instanceType && nodeOption.InstanceCount == instanceCount) is { } later ? (later.Gpus, later.UsdPerHour)
        : InstanceType == instanceType ? (Gpus, UsdPerHour)
        : null;
}

/// <summary>A node option of a run.</summary>
/// <param name="InstanceType">Instance type of its nodes.</param>
/// <param name="InstanceCount">Nodes.</param>
/// <param name="Gpus">GPUs of all its nodes.</param>
/// <param name="UsdPerHour">On-demand rate of all its nodes, dollars an hour.</param>
public sealed record LedgerNodeOption(string InstanceType, int InstanceCount, int Gpus, Usd UsdPerHour);
