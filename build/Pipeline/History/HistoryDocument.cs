using BuildPipeline.Runs;

namespace BuildPipeline.History;

/// <summary>What History prints with <c>--output=json</c>: docs/reference/history.schema.json.</summary>
public sealed record HistoryDocument
{
    /// <summary>Version of the schema that this program writes.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Version of the schema of this document.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>The Terraform environment.</summary>
    public required string Environment { get; init; }

    /// <summary>The team that was asked for; null is every team.</summary>
    public string? Team { get; init; }

    /// <summary>The month that was asked for; null is every month.</summary>
    public string? Month { get; init; }

    /// <summary>The runs, oldest first.</summary>
    public required IReadOnlyList<HistoryEntry> Runs { get; init; }

    /// <summary>Their totals, by month and team.</summary>
    public required IReadOnlyList<HistoryTotal> Totals { get; init; }

    /// <summary>Runs whose log cannot be read; they are in neither list.</summary>
    public required IReadOnlyList<UnreadableRun> Unreadable { get; init; }
}
