using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuildPipeline.Approvals;

namespace BuildPipeline.Sweeps;

/// <summary>A sweep: variants of one job that are approved together. <c>runs/ENVIRONMENT/sweeps/SWEEP-ID/sweep.json</c> in the state bucket. What happens to a variant is in the log of its run.</summary>
public sealed partial record SweepRecord
{
    /// <summary>Version of the schema that this program writes.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Version of the schema of this document.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary><c>sweep-yyyyMMdd-HHmmss-xxxx</c>, UTC.</summary>
    public required string SweepId { get; init; }

    /// <summary>The Terraform environment.</summary>
    public required string Environment { get; init; }

    /// <summary>Name of the job, whose variables are in <c>infra/jobs/NAME.tfvars</c>; null is the job of the environment's own file.</summary>
    public string? JobFile { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>SHA-256 over what its variants are made of: the file, and the options of the call.</summary>
    public required string ContentSha256 { get; init; }

    /// <summary>The values of <c>--var</c> that its variants share, <c>NAME=VALUE</c>.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>Absolute paths of the files of <c>--var-file</c> that its variants share.</summary>
    public IReadOnlyList<string> VariableFiles { get; init; } = [];

    /// <summary>Its variants, in the order of the file, in which they are started.</summary>
    public required IReadOnlyList<SweepVariant> Variants { get; init; }

    /// <summary>What is put up for approval; null until every variant is priced.</summary>
    public SweepSubject? Subject { get; init; }

    /// <summary>The approval; null before it is given.</summary>
    public SweepApproval? Approval { get; init; }

    /// <summary>When the first job of a variant was seen to be submitted; from then on the approval does not expire.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When somebody stopped it; from then on no variant is started.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>When every variant was seen to have ended.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>True for the form of the ID of a sweep.</summary>
    public static bool IsSweepId(string text) => IdPattern().IsMatch(text);

    [GeneratedRegex(@"\Asweep-[0-9]{8}-[0-9]{6}-[0-9a-f]{4}\z")]
    private static partial Regex IdPattern();
}

/// <summary>A variant of a sweep.</summary>
/// <param name="Number">1 for the first of the file.</param>
/// <param name="RunId">Its run.</param>
/// <param name="Values">Its values, by the name of a variable, or of an entry of a map as <c>VARIABLE.KEY</c>.</param>
/// <param name="Variables">The Terraform variables that it sets: each map is whole.</param>
public sealed record SweepVariant(int Number, string RunId, IReadOnlyDictionary<string, JsonElement> Values, JsonObject Variables);

/// <summary>All that the approval of a sweep binds; its digest is what a person approves.</summary>
public sealed record SweepSubject
{
    /// <summary>The sweep.</summary>
    public required string SweepId { get; init; }

    /// <summary>The Terraform environment.</summary>
    public required string Environment { get; init; }

    /// <summary>Its variants, each with the digest of all that the approval of its run would bind.</summary>
    public required IReadOnlyList<SweepPart> Variants { get; init; }

    /// <summary>The amount that is approved, dollars: the sum of the ceilings of the variants.</summary>
    public required Usd Ceiling { get; init; }

    /// <summary>After this moment the approval is void, unless a job of a variant was submitted before.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A variant, as the approval of its sweep binds it.</summary>
/// <param name="RunId">Its run.</param>
/// <param name="Digest">Digest of the subject of the run.</param>
/// <param name="Ceiling">The most that the run may cost, dollars.</param>
public sealed record SweepPart(string RunId, string Digest, Usd Ceiling);

/// <summary>A given approval of a sweep.</summary>
/// <param name="Digest">Digest of the subject.</param>
/// <param name="Grant">Who gave it, and how that is known.</param>
public sealed record SweepApproval(string Digest, ApprovalGrant Grant);
