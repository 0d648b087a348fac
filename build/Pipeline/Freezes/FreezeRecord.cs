using System.Text.Json.Serialization;

namespace BuildPipeline.Freezes;

/// <summary>Who did something, when and why.</summary>
public sealed record FreezeNote
{
    /// <summary>ARN of the caller, as STS gives it.</summary>
    public required string By { get; init; }

    /// <summary>When, by S3's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The reason, one line.</summary>
    public required string Why { get; init; }
}

/// <summary>One spend freeze, from its start to its release.</summary>
public sealed record SpendFreeze
{
    /// <summary>How it started.</summary>
    public required FreezeNote Frozen { get; init; }

    /// <summary>How it was released; null while it holds.</summary>
    public FreezeNote? Released { get; init; }
}

/// <summary>The spend freezes of an environment, or of one team in it: <c>freezes/ENVIRONMENT.json</c> or <c>freezes/ENVIRONMENT/TEAM.json</c> in the state bucket.</summary>
public sealed record FreezeRecord
{
    /// <summary>The format that this version reads and writes.</summary>
    public const string CurrentFormat = "freeze/1";

    /// <summary>Format of this document.</summary>
    public string Format { get; init; } = CurrentFormat;

    /// <summary>The environment.</summary>
    public required string Environment { get; init; }

    /// <summary>The team; null if every team is meant.</summary>
    public string? Team { get; init; }

    /// <summary>All freezes, the oldest first; only the last one can hold.</summary>
    public required IReadOnlyList<SpendFreeze> Freezes { get; init; }

    /// <summary>The freeze that holds; null if none does.</summary>
    [JsonIgnore]
    public SpendFreeze? Current => Freezes is [.., { Released: null } last] ? last : null;

    /// <summary>This record with a new freeze; null if one holds already, whatever its reason.</summary>
    public FreezeRecord? WithFreeze(FreezeNote note) => Current is null ? this with { Freezes = [.. Freezes, new() { Frozen = note }] } : null;

    /// <summary>This record with its freeze released; null if none holds.</summary>
    public FreezeRecord? WithRelease(FreezeNote note) =>
        Current is { } current ? this with { Freezes = [.. Freezes.SkipLast(1), current with { Released = note }] } : null;

    /// <summary>Who froze what, when and why, in one sentence and on one line, whoever wrote the record; null if nothing is frozen.</summary>
    public string? Describe() => Current is { Frozen: var note }
        ? $"{(Team is null ? $"Environment {Environment}" : $"Team {Team} in environment {Environment}")} is frozen since {Kernel.Format.Moment(note.At)} by {InertText.OneLine(note.By)}: {InertText.OneLine(note.Why).TrimEnd('.')}"
        : null;
}
